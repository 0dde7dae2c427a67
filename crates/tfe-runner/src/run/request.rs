//! From a step to the request that leaves.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName};
use http::{HeaderMap, HeaderValue, Method};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};
use tfe_schema::{Catalog, Operation};
use url::Url;

use super::Run;
use crate::client::{ClientError, Request};
use crate::suite::{Body, Call, FixtureRequest, Identity, Profile, Query, Step};
use crate::template::{self, Bindings, TemplateError};

/// RFC 3986, section 2.3: everything but the unreserved characters is encoded.
pub(crate) const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Why a step's request cannot be built.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RequestError {
    /// A value is missing, because an earlier step did not give it.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// The address may not be asked.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The suite made something that HTTP cannot carry.
    #[error("the suite made an invalid request: {0}")]
    Invalid(String),
}

/// Media type of forms (WHATWG URL Standard, `application/x-www-form-urlencoded`).
const FORM: &str = "application/x-www-form-urlencoded";

fn form(document: &Value) -> Result<Vec<u8>, RequestError> {
    let encoded = tfe_schema::form::encode(document).map_err(|error| RequestError::Invalid(error.to_string()))?;
    Ok(encoded.into_bytes())
}

/// A request, and the values in its path that name what it asks for.
pub(crate) struct Built {
    pub(crate) request: Request,
    pub(crate) own_values: Vec<String>,
}

/// Builds the request of a step.
pub(crate) fn build(run: &Run, profile: &Profile, step: &Step, values: &dyn Bindings) -> Result<Built, RequestError> {
    let params = filled_params(&step.params, values)?;
    let (method, url) = match &step.call {
        Call::Operation(id) => {
            let operation =
                run.catalog.operation(id).ok_or_else(|| RequestError::Invalid(format!("no operation `{id}`")))?;
            (operation.method.clone(), operation_url(run, profile, operation, &params)?)
        }
        Call::Raw { method, path } => (method.clone(), raw_url(run, &template::fill_text(path, values)?)?),
    };
    let url = with_query(url, &step.query, values)?;
    let method = Method::from_bytes(method.as_bytes()).map_err(|error| RequestError::Invalid(error.to_string()))?;
    let body = match &step.body {
        Body::None => None,
        Body::Json(value) => Some(template::fill(value, values)?.to_string().into_bytes()),
        Body::Form(value) => Some(form(&template::fill(value, values)?)?),
        Body::Text(text) => Some(template::fill_text(text, values)?.into_bytes()),
        Body::Bytes(bytes) => Some(bytes.clone()),
    };
    let mut headers = default_headers(run, profile, step.identity)?;
    if matches!(step.body, Body::Form(_)) {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(FORM));
    }
    for (name, value) in &step.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|error| RequestError::Invalid(error.to_string()))?;
        match value {
            Some(value) => headers.insert(name, header_value(&template::fill_text(value, values)?)?),
            None => headers.remove(name),
        };
    }
    let own_values = own_values(step, &params, &url);
    Ok(Built { request: Request { method, url, headers, body }, own_values })
}

/// A request that asks, before any case, whether a token is taken.
pub(super) fn preflight(
    run: &Run,
    profile: &Profile,
    recipe: &FixtureRequest,
    identity: Identity,
) -> Result<Request, String> {
    let organization = Value::from(run.target.organization.clone());
    let values = BTreeMap::from([("organization".to_owned(), organization)]);
    let step = simple_step(&recipe.operation, identity, recipe.params.clone(), recipe.body.clone());
    build(run, profile, &step, &values).map(|built| built.request).map_err(|error| error.to_string())
}

/// A request to an operation, for fixtures and clean-up.
pub(super) fn simple_step(
    operation: &str,
    identity: Identity,
    params: Map<String, Value>,
    body: Option<Value>,
) -> Step {
    Step {
        id: operation.to_owned(),
        place: crate::suite::Place { line: 1, column: 1 },
        role: crate::suite::Role::Precondition,
        identity,
        call: Call::Operation(operation.to_owned()),
        params,
        query: Query::Parameters(Map::new()),
        headers: BTreeMap::new(),
        body: body.map_or(Body::None, Body::Json),
        valid: true,
        capture: BTreeMap::new(),
        capture_if_present: BTreeMap::new(),
        capture_if_status: BTreeMap::new(),
        when: Vec::new(),
        unless: Vec::new(),
        checks: Vec::new(),
        observe: Vec::new(),
    }
}

/// Whether the body is what the step says it is. `Err` is an error of the suite, never of the target.
pub(crate) fn prove(catalog: &Catalog, step: &Step, request: &Request) -> Result<(), String> {
    let Call::Operation(id) = &step.call else { return Ok(()) };
    let Some(schema) = catalog.operation(id).and_then(Operation::request_schema).and_then(|id| catalog.schema(id))
    else {
        return Ok(());
    };
    let body = request.body.as_deref().unwrap_or_default();
    let is_form = request.headers.get(CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(FORM.as_bytes()));
    if !step.valid {
        // What is wrong with it is the case's business, and a repeated member is legal JSON.
        let satisfies = if is_form {
            let report = schema.check_form(body);
            report.form.is_none() && report.violations.is_empty()
        } else {
            schema.is_satisfied_by(body) == Ok(true)
        };
        let reason = || format!("step `{}` says `valid: false`, but its body satisfies {}", step.id, schema.id());
        return if satisfies { Err(reason()) } else { Ok(()) };
    }
    let report = if is_form { schema.check_form(body) } else { schema.check(body) };
    let unread = report.syntax.as_ref().map(ToString::to_string);
    if let Some(error) = unread.or_else(|| report.form.as_ref().map(ToString::to_string)) {
        return Err(format!("step `{}` sends a body that cannot be read: {error}", step.id));
    }
    let Some(violation) = report.violations.first() else { return Ok(()) };
    Err(format!(
        "step `{}` sends a body that breaks {}: `{}`: {}",
        step.id,
        schema.id(),
        violation.subject(),
        violation.message
    ))
}

/// The token that an identity has for a profile.
pub(super) fn token<'r>(run: &'r Run, profile: &Profile, identity: Identity) -> Option<&'r str> {
    run.target.tokens.get(&(profile.authentication.credential, identity)).map(String::as_str)
}

/// `Basic` credentials with the token as password (RFC 7617).
pub(super) fn basic(token: &str) -> String {
    STANDARD.encode(format!("user:{token}"))
}

/// The operation that a raw request would be, below the base path of the profile.
pub(crate) fn route<'c>(
    catalog: &'c Catalog,
    base: &str,
    profile: &Profile,
    request: &Request,
) -> Option<&'c Operation> {
    let below = request.url.path().strip_prefix(base)?;
    let path = format!("{}{below}", profile.base_path);
    catalog.route(request.method.as_str(), &path).map(|(operation, _)| operation)
}

/// The base path of the API on the target.
pub(crate) fn base<'r>(run: &'r Run, profile: &'r Profile) -> &'r str {
    run.target.base_paths.get(&profile.id).unwrap_or(&profile.base_path)
}

fn filled_params(
    params: &Map<String, Value>,
    values: &dyn Bindings,
) -> Result<BTreeMap<String, String>, TemplateError> {
    let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    params.iter().map(|(name, value)| Ok((name.clone(), text(template::fill(value, values)?)))).collect()
}

fn operation_url(
    run: &Run,
    profile: &Profile,
    operation: &Operation,
    params: &BTreeMap<String, String>,
) -> Result<Url, RequestError> {
    let base = if operation.base == profile.base_path { base(run, profile) } else { &operation.base };
    let mut path = format!("{base}{}", operation.path);
    for (name, value) in params {
        // A URL takes these for steps through its path, also when they are encoded (WHATWG URL Standard).
        if matches!(value.as_str(), "." | ".." | "") {
            return Err(ClientError::NotSent(format!("`{value}` cannot stand for `{name}` in a path")).into());
        }
        path = path.replace(&format!("{{{name}}}"), &utf8_percent_encode(value, RESERVED).to_string());
    }
    raw_url(run, &path)
}

/// A path is put behind the origin as it is (`//x` must not become a host); a link is resolved.
fn raw_url(run: &Run, reference: &str) -> Result<Url, RequestError> {
    if !reference.starts_with('/') {
        return Ok(run.client.resolve(reference)?);
    }
    let url = format!("{}{reference}", run.target.origin());
    Url::parse(&url).map_err(|error| RequestError::Invalid(format!("`{reference}`: {error}")))
}

fn with_query(mut url: Url, query: &Query, values: &dyn Bindings) -> Result<Url, RequestError> {
    let encode = |text: &str| utf8_percent_encode(text, RESERVED).to_string();
    match query {
        Query::Raw(raw) => url.set_query(Some(&template::fill_text(raw, values)?)),
        Query::Parameters(parameters) if parameters.is_empty() => {}
        Query::Parameters(parameters) => {
            let mut pairs = Vec::new();
            for (name, value) in parameters {
                let name = encode(&template::fill_text(name, values)?);
                let value = template::fill(value, values)?;
                for value in value.as_array().map_or(std::slice::from_ref(&value), Vec::as_slice) {
                    let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    pairs.push(format!("{name}={}", encode(&value)));
                }
            }
            url.set_query(Some(&pairs.join("&")));
        }
    }
    Ok(url)
}

fn default_headers(run: &Run, profile: &Profile, identity: Identity) -> Result<HeaderMap, RequestError> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, header_value(&profile.media_type)?);
    headers.insert(CONTENT_TYPE, header_value(&profile.media_type)?);
    if let Some(token) = token(run, profile, identity) {
        let name = HeaderName::from_bytes(profile.authentication.header.as_bytes()).unwrap_or(AUTHORIZATION);
        let mut value = header_value(&profile.authentication.value(token))?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(headers)
}

fn header_value(text: &str) -> Result<HeaderValue, RequestError> {
    HeaderValue::from_bytes(text.as_bytes()).map_err(|error| RequestError::Invalid(format!("header value: {error}")))
}

/// What the requester knows already, because the path of the request says it: path parameters, and the last segment of
/// a raw path.
fn own_values(step: &Step, params: &BTreeMap<String, String>, url: &Url) -> Vec<String> {
    let mut own: Vec<String> = params.values().cloned().collect();
    if matches!(step.call, Call::Raw { .. }) {
        own.extend(url.path_segments().and_then(Iterator::last).map(str::to_owned));
        own.push(url.path().to_owned());
    }
    own
}
