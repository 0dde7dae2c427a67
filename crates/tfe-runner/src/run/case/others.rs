//! What a target shows of other people's sensitive variables is a deviation; the report of it shows it to nobody.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use crate::event::ExchangeRecord;
use crate::exchange::Exchange;
use crate::run::bindings::Values;

/// How such a value is shown.
pub(super) const MARK: &str = "sensitive value of another variable";

/// How many are looked for one by one; a body with more is not shown.
pub(super) const MOST: usize = 100;

/// The values of sensitive variables that neither the case nor its fixtures made. What the case's own ones are shown
/// with is a mask, and no value.
pub(super) fn sensitive_values(trail: &[Arc<Exchange>], own: &Values) -> BTreeSet<String> {
    let (mut others, mut masks) = (BTreeSet::new(), BTreeSet::new());
    for (item, value) in trail.iter().flat_map(|exchange| sensitive(exchange)) {
        let found = if own.are_of(item) { &mut masks } else { &mut others };
        found.insert(value.to_owned());
    }
    &others - &masks
}

/// The record without its answer's body, if that shows any of these.
pub(super) fn hidden(record: ExchangeRecord, exchange: &Exchange, others: &BTreeSet<String>) -> ExchangeRecord {
    let shows = sensitive(exchange).any(|(_, value)| others.contains(value));
    let hide = |mut response: crate::event::ResponseRecord| {
        response.body = format!("[not shown: it has more than {MOST} sensitive values of other variables]");
        response
    };
    if shows { ExchangeRecord { response: record.response.map(hide), ..record } } else { record }
}

/// Every sensitive variable of an answer that is shown with a value.
fn sensitive(exchange: &Exchange) -> impl Iterator<Item = (&Value, &str)> {
    let data = exchange.document().and_then(|document| document.get("data"));
    let items = data.map(|data| data.as_array().map_or(std::slice::from_ref(data), Vec::as_slice));
    items.unwrap_or_default().iter().filter_map(|item| {
        let attributes = item.get("attributes")?;
        let is_sensitive = attributes.get("sensitive")? == &Value::Bool(true);
        Some((item, attributes.get("value")?.as_str()?)).filter(|_| is_sensitive)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::client::{Request, Response};

    fn shown(variables: &[(&str, &str)]) -> Arc<Exchange> {
        let item = |(key, value): &(&str, &str)| json!({ "type": "vars", "attributes": { "key": key, "value": value, "sensitive": true } });
        let body = json!({ "data": variables.iter().map(item).collect::<Vec<_>>() }).to_string();
        let request = Request {
            method: http::Method::GET,
            url: "http://127.0.0.1/".parse().unwrap(),
            headers: http::HeaderMap::new(),
            body: None,
        };
        let response = Response::new(200, http::HeaderMap::new(), body.into());
        Arc::new(Exchange::new("list", request, response, Vec::new()))
    }

    /// A mask says nothing, and is told as it is; a value of somebody else is told by nobody.
    #[test]
    fn a_mask_is_no_value() {
        let own = Values::new("abcdefgh", 0);
        let trail = [shown(&[("theirs", "********"), ("tfc_abcdefgh_0_k", "********"), ("other", "a real one")])];
        assert_eq!(sensitive_values(&trail, &own), BTreeSet::from(["a real one".to_owned()]));
    }

    /// However many there are.
    #[test]
    fn a_body_that_shows_many_is_not_shown() {
        let names: Vec<_> = (0..=MOST).map(|number| (format!("k{number}"), format!("value-{number}"))).collect();
        let pairs: Vec<_> = names.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        let exchange = shown(&pairs);
        let others = sensitive_values(std::slice::from_ref(&exchange), &Values::new("abcdefgh", 0));
        assert_eq!(others.len(), MOST + 1);
        let (request, response) = (&exchange.request, Some(&exchange.response));
        let record = crate::exchange::record("list", request, response, &crate::redact::Redactor::new());
        let record = hidden(record, &exchange, &others);
        assert!(record.response.unwrap().body.starts_with("[not shown"));
    }
}
