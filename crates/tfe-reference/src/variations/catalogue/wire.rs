//! What servers of either generation may do: HTTP, JSON, and statuses that the documents leave open.

use super::{Entry, Variation};

pub(super) const VARIATIONS: &[Entry] = &[
    Entry {
        variation: Variation::PrettyJson,
        name: "pretty-json",
        description: "Writes JSON over many lines, indented.",
        legal: "RFC 8259, section 2: whitespace is allowed before and after any structural character.",
    },
    Entry {
        variation: Variation::EscapedStrings,
        name: "escaped-strings",
        description: "Writes `/` as `\\/`, and everything beyond ASCII as `\\u` escapes.",
        legal: "RFC 8259, section 7: any character may be escaped.",
    },
    Entry {
        variation: Variation::MembersReordered,
        name: "members-reordered",
        description: "Writes the members of every object in another order each time.",
        legal: "RFC 8259, section 4: an object is an unordered collection.",
    },
    Entry {
        variation: Variation::ChunkedBodies,
        name: "chunked-bodies",
        description: "Sends bodies in chunks, without their length.",
        legal: "RFC 9112, section 7.1: the chunked transfer coding.",
    },
    Entry {
        variation: Variation::ConnectionClose,
        name: "connection-close",
        description: "Closes the connection after some answers.",
        legal: "RFC 9112, section 9.6: a server may close a connection after a response, and says so.",
    },
    Entry {
        variation: Variation::Delays,
        name: "delays",
        description: "Takes a few milliseconds more for some answers.",
        legal: "RFC 9110 promises no time.",
    },
    Entry {
        variation: Variation::RateLimited,
        name: "rate-limited",
        description: "Answers some requests with 429 and `Retry-After`, and the same request normally afterwards.",
        legal: "RFC 6585, section 4: the client asks again after the time that the answer names.",
    },
    Entry {
        variation: Variation::ExtraHeaders,
        name: "extra-headers",
        description: "Sends headers that nobody asked for: `Cache-Control`, `Vary`, `Server`, rate limits, a request id.",
        legal: "RFC 9110, section 5.1: a recipient ignores header fields that it does not know.",
    },
    Entry {
        variation: Variation::SampledHeaders,
        name: "sampled-headers",
        description: "Sends a trace header with every other answer or so.",
        legal: "RFC 9110, section 5.1: header fields can be sent at any time; nothing says that two answers have the same ones.",
    },
    Entry {
        variation: Variation::MediaTypeCase,
        name: "media-type-case",
        description: "Writes the media type of answers in upper and lower case.",
        legal: "RFC 9110, section 8.3.1: the type and subtype are case-insensitive.",
    },
    Entry {
        variation: Variation::HeaderCase,
        name: "header-case",
        description: "Writes the names of headers in title case.",
        legal: "RFC 9110, section 5.1: field names are case-insensitive.",
    },
    Entry {
        variation: Variation::Refusals400,
        name: "refusals-400",
        description: "Answers 400 where others answer 422.",
        legal: "The API documents name no status for a document that is not right; JSON:API 1.0, section Errors, takes no position between 400 and 422.",
    },
    Entry {
        variation: Variation::Method404,
        name: "method-404",
        description: "Answers 404 for a method that a path does not support.",
        legal: "The API documents do not name 405; for whom a method is not there, nothing is.",
    },
    Entry {
        variation: Variation::Anonymous403,
        name: "anonymous-403",
        description: "Answers 403 instead of 401 to a request without a valid token.",
        legal: "The API documents, section Authentication, name no status for a refused request.",
    },
    Entry {
        variation: Variation::Anonymous404,
        name: "anonymous-404",
        description: "Answers 404 instead of 401 to a request without a valid token.",
        legal: "The API documents name no status for a refused request, and section Response Codes hides by 404.",
    },
    Entry {
        variation: Variation::SecondsOnly,
        name: "seconds-only",
        description: "Writes times in whole seconds, with a numeric offset.",
        legal: "RFC 3339, section 5.6: fractions are optional, and `Z` is one of the offsets.",
    },
];
