//! stub
use crate::event::*;
use std::collections::BTreeMap;
/// stub
#[derive(Default)]
pub struct Tally {
    fails: BTreeMap<String, Outcome>,
    seen: BTreeMap<String, usize>,
}
impl Tally {
    /// stub
    pub fn add(&mut self, r: &CaseResult) {
        for c in &r.checks {
            let e = self.fails.entry(c.requirement.clone()).or_insert(Outcome::Pass);
            *e = (*e).max(c.outcome);
        }
        for (k, n) in &r.implied {
            *self.seen.entry(k.clone()).or_default() += n;
        }
    }
    /// stub
    pub fn standings(&self, rs: &[RequirementInfo]) -> BTreeMap<String, Standing> {
        rs.iter()
            .map(|r| {
                (
                    r.id.clone(),
                    match self.fails.get(&r.id) {
                        Some(Outcome::Fail) => Standing::Broken,
                        Some(Outcome::Warn) => Standing::Warned,
                        Some(Outcome::NotRun) => Standing::NotChecked,
                        Some(Outcome::Note) => Standing::NotTaken,
                        Some(Outcome::Pass) => Standing::Holds,
                        None => {
                            if self.seen.contains_key(&r.id) {
                                Standing::Holds
                            } else {
                                Standing::NotChecked
                            }
                        }
                    },
                )
            })
            .collect()
    }
}
use std::io::Write; use std::io;
/// stub
pub trait Report { /// s
 fn event(&mut self, event: &Event, out: &mut dyn Write) -> io::Result<()>; }
/// stub
#[derive(Clone,Copy)]
pub enum Format { /// s
 Human, /// s
 Json, /// s
 Junit, /// s
 Events }
/// stub
pub struct Style;
impl Style { /// stub
 pub fn new(_c: bool, _v: bool) -> Self { Style } }
impl std::str::FromStr for Format { type Err = String; fn from_str(s:&str)->Result<Self,String>{ match s {"human"=>Ok(Self::Human),"json"=>Ok(Self::Json),"events"=>Ok(Self::Events),"junit"=>Ok(Self::Junit),_=>Err("unknown".into())} } }
struct Lines;
impl Report for Lines { fn event(&mut self, event: &Event, out: &mut dyn Write) -> io::Result<()> { serde_json::to_writer(&mut *out, event)?; writeln!(out) } }
impl Format { /// stub
 pub fn report(self, _s: Style) -> Box<dyn Report + Send> { Box::new(Lines) } }
