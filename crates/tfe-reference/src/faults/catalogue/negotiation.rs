//! Media types, and what HTTP says of every request.

use super::{Entry, Fault};

pub(super) const FAULTS: &[Entry] = &[
    Entry {
        fault: Fault::PlainJsonMediaType,
        name: "plain-json-media-type",
        description: "Answers with `Content-Type: application/json`.",
        breaks: &["jsonapi.response-content-type"],
        entails: &["v2.index.content-negotiation"],
    },
    Entry {
        fault: Fault::MediaTypeWithCharset,
        name: "media-type-with-charset",
        description: "Answers with a Content-Type that has the parameter `charset`.",
        breaks: &["jsonapi.response-content-type"],
        entails: &["v2.index.content-negotiation"],
    },
    Entry {
        fault: Fault::AcceptParametersIgnored,
        name: "accept-parameters-ignored",
        description: "Answers although `Accept` has the media type with parameters only.",
        breaks: &["jsonapi.response-not-acceptable"],
        entails: &[],
    },
    Entry {
        fault: Fault::AcceptWildcardRefused,
        name: "accept-wildcard-refused",
        description: "Answers 406 where `Accept` is `*/*`.",
        breaks: &["jsonapi.response-not-acceptable", "v2.index.content-negotiation"],
        entails: &[],
    },
    Entry {
        fault: Fault::AcceptWeightRefused,
        name: "accept-weight-refused",
        description: "Answers 406 where `Accept` has the media type with a weight.",
        breaks: &["jsonapi.response-not-acceptable"],
        entails: &["v2.index.content-negotiation"],
    },
    Entry {
        fault: Fault::AcceptCaseMatters,
        name: "accept-case-matters",
        description: "Answers 406 where `Accept` has the media type in other letter case.",
        breaks: &["jsonapi.fetch-http-semantics"],
        entails: &[],
    },
    Entry {
        fault: Fault::ContentTypeParametersAccepted,
        name: "content-type-parameters-accepted",
        description: "Reads a body whose Content-Type has parameters.",
        breaks: &["jsonapi.response-unsupported-media-type"],
        entails: &[],
    },
    Entry {
        fault: Fault::ContentTypeParameters400,
        name: "content-type-parameters-400",
        description: "Answers 400 to a body whose Content-Type has parameters.",
        breaks: &["jsonapi.response-unsupported-media-type"],
        entails: &[],
    },
    Entry {
        fault: Fault::HeadRefused,
        name: "head-refused",
        description: "Answers 405 to HEAD.",
        breaks: &["jsonapi.fetch-http-semantics"],
        entails: &[],
    },
    Entry {
        fault: Fault::IncludeIgnored,
        name: "include-ignored",
        description: "Ignores an `include` that names no relationship.",
        breaks: &["jsonapi.inclusion-bad-request"],
        entails: &[],
    },
    Entry {
        fault: Fault::SortIgnored,
        name: "sort-ignored",
        description: "Ignores `sort`.",
        breaks: &["jsonapi.sorting-not-supported"],
        entails: &[],
    },
    Entry {
        fault: Fault::UnknownParameterIgnored,
        name: "unknown-parameter-ignored",
        description: "Ignores a query parameter that belongs to JSON:API and that it does not know.",
        breaks: &["jsonapi.query-parameters-non-alpha"],
        entails: &[],
    },
];
