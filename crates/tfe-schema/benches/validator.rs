//! `serde_json` + `jsonschema` against the validator of this crate: the same documents, in the same run.
//!
//! `cargo bench -p tfe-schema`. Every figure is the quickest of many batches, the competitors in turn.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints, and may panic")]

use std::hint::black_box;
use std::process::Command;
use std::time::{Duration, Instant};

use jsonschema::{Draft, PatternOptions, Retrieve, Uri, Validator};
use serde_json::{Value, json};
use tfe_schema::tape::Tape;
use tfe_schema::{Catalog, Schema};

const ROUNDS: usize = 40;
const BATCH: Duration = Duration::from_millis(10);

/// The other schemas of the set.
struct Bundled;

impl Retrieve for Bundled {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let id = uri.as_str().trim_start_matches("set:///").trim_end_matches(".json");
        Catalog::bundled().schema(id).map(|schema| schema.document().clone()).ok_or_else(|| id.to_owned().into())
    }
}

/// What a user of `jsonschema` builds, with the same options.
fn plain(schema: &Schema) -> Validator {
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .should_validate_formats(true)
        .should_ignore_unknown_formats(false)
        .with_pattern_options(PatternOptions::regex())
        .with_retriever(Bundled)
        .with_base_uri(format!("set:///{}.json", schema.id()))
        .build(schema.document())
        .unwrap()
}

/// Nanoseconds per call of each: the minimum over batches, the competitors taking turns.
fn quickest(competitors: &mut [&mut dyn FnMut()]) -> Vec<f64> {
    let repetitions = |competitor: &mut dyn FnMut()| {
        let start = Instant::now();
        competitor();
        (BATCH.as_nanos() / start.elapsed().as_nanos().max(1)).clamp(1, 100_000)
    };
    let repetitions: Vec<_> = competitors.iter_mut().map(|competitor| repetitions(*competitor)).collect();
    let mut best = vec![f64::INFINITY; competitors.len()];
    for _ in 0..ROUNDS {
        for ((competitor, &count), best) in competitors.iter_mut().zip(&repetitions).zip(&mut best) {
            let start = Instant::now();
            (0..count).for_each(|_| competitor());
            #[expect(clippy::cast_precision_loss, reason = "at most 100,000")]
            let each = start.elapsed().as_secs_f64() * 1e9 / count as f64;
            *best = best.min(each);
        }
    }
    best
}

fn compare(name: &str, id: &str, document: &[u8]) {
    let schema = Catalog::bundled().schema(id).unwrap();
    let validator = plain(schema);
    let parsed = || serde_json::from_slice::<Value>(black_box(document)).unwrap();
    let (valid, errors) = (validator.is_valid(&parsed()), validator.iter_errors(&parsed()).count());
    let report = schema.check(document);
    assert_eq!((report.is_valid(), report.violations.len()), (valid, errors.min(1000)), "{name}");
    let times = quickest(&mut [
        &mut || drop(black_box(parsed())),
        &mut || drop(black_box(Tape::parse(black_box(document)))),
        &mut || {
            black_box(validator.is_valid(&parsed()));
        },
        &mut || {
            let value = parsed();
            for error in validator.iter_errors(&value) {
                black_box((error.instance_path().as_str().len(), error.to_string()));
            }
        },
        &mut || drop(black_box(schema.check(black_box(document)))),
        &mut || drop(black_box(schema.is_satisfied_by(black_box(document)))),
    ]);
    let [parse, tape, verdict, all, ours, only] = times[..] else { unreachable!("six competitors") };
    println!("{name}: {} bytes, {errors} errors", document.len());
    println!("  serde_json::from_slice               {parse:12.0} ns");
    println!("  Tape::parse                          {tape:12.0} ns   {:.2} times as fast", parse / tape);
    println!("  serde_json + jsonschema is_valid     {verdict:12.0} ns");
    println!("  serde_json + jsonschema iter_errors  {all:12.0} ns");
    println!("  Schema::check                        {ours:12.0} ns");
    println!("  Schema::is_satisfied_by              {only:12.0} ns");
    println!("  check is {:.2} times as fast as is_valid, {:.2} as iter_errors", verdict / ours, all / ours);
    println!("  is_satisfied_by is {:.2} times as fast as is_valid", verdict / only);
}

/// A list of variables that are not all alike.
fn list(count: usize) -> Value {
    let resource = &Catalog::bundled().schema("v2/variables/resource").unwrap().document()["examples"][0];
    let variable = |index: usize| {
        let mut variable = resource.clone();
        variable["id"] = json!(format!("var-{index:016}"));
        variable["attributes"]["key"] = json!(format!("key_{index}"));
        variable
    };
    json!({"data": (0..count).map(variable).collect::<Vec<_>>()})
}

/// How a process tells this program to measure its start and nothing else.
const START: &str = "MEASURE_START";

/// What a process pays once, the quickest of several processes: reading the bundled set, and a program for each of
/// its schemas. Each checks its first example, so what is left to the first use counts too; `jsonschema` compiles a
/// schema only when the first document comes that does not conform.
fn start() {
    let measured = || {
        let child = Command::new(std::env::current_exe().unwrap()).env(START, "").output().unwrap();
        let text = String::from_utf8(child.stdout).unwrap();
        <[f64; 4]>::try_from(text.split_whitespace().map(|figure| figure.parse().unwrap()).collect::<Vec<_>>()).unwrap()
    };
    let all: Vec<_> = (0..ROUNDS).map(|_| measured()).collect();
    let together = |figures: &&[f64; 4]| figures[0] + figures[1];
    let [read, programs, validators, theirs] =
        all.iter().min_by(|one, other| together(one).total_cmp(&together(other))).copied().unwrap();
    println!("the bundled set, {} schemas, once per process", Catalog::bundled().schemas().count());
    println!("  read                                     {read:9.2} ms");
    println!("  programs, and one valid document each    {programs:9.2} ms");
    println!("  together: ready to check                 {:9.2} ms", read + programs);
    println!("  jsonschema for the first invalid ones    {validators:9.2} ms");
    println!("  jsonschema alone, of schemas read before {theirs:9.2} ms");
}

/// Measures the start of this process.
fn measure_start() {
    let time = |work: &mut dyn FnMut()| {
        let start = Instant::now();
        work();
        println!("{}", start.elapsed().as_secs_f64() * 1e3);
    };
    time(&mut || {
        black_box(Catalog::bundled());
    });
    let catalog = Catalog::bundled();
    let examples: Vec<_> = catalog.schemas().map(|schema| schema.document()["examples"][0].to_string()).collect();
    let with_examples = || catalog.schemas().zip(&examples);
    time(&mut || with_examples().for_each(|(schema, example)| assert!(schema.check(example.as_bytes()).is_valid())));
    let invalid = |schema: &Schema| !schema.check(b"5").is_valid() || schema.check_value(&json!(5)).is_valid();
    time(&mut || assert!(catalog.schemas().all(invalid)));
    time(&mut || catalog.schemas().for_each(|schema| drop(black_box(plain(schema)))));
}

fn main() {
    if std::env::var_os(START).is_some() {
        return measure_start();
    }
    start();
    let id = "v2/variables/collection";
    let valid = list(1000);
    compare("list of 1,000 variables, valid", id, valid.to_string().as_bytes());
    compare("the same, indented", id, serde_json::to_string_pretty(&valid).unwrap().as_bytes());
    let mut last = valid.clone();
    last["data"][999]["attributes"]["hcl"] = json!("no");
    compare("the same, the last variable invalid", id, last.to_string().as_bytes());
    let mut bad = valid;
    for variable in bad["data"].as_array_mut().unwrap().iter_mut().step_by(2) {
        variable["attributes"]["category"] = json!("policy");
    }
    compare("the same, every second variable invalid", id, bad.to_string().as_bytes());

    let id = "v2/variables/create-request";
    let mut create = Catalog::bundled().schema(id).unwrap().document()["examples"][0].clone();
    compare("create request, valid", id, create.to_string().as_bytes());
    create["data"]["attributes"]["category"] = json!("policy");
    compare("create request, invalid", id, create.to_string().as_bytes());
}
