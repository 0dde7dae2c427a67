//! What servers of v2 may do: the freedoms of JSON:API 1.0, and what the documents leave open.

use super::{Entry, Variation};

pub(super) const VARIATIONS: &[Entry] = &[
    Entry {
        variation: Variation::DocumentMeta,
        name: "document-meta",
        description: "Adds `meta` and `jsonapi` to the top level of documents.",
        legal: "JSON:API 1.0, section Document Structure / Top Level: both may be there.",
    },
    Entry {
        variation: Variation::DocumentLinks,
        name: "document-links",
        description: "Adds `links.self` to the top level of documents.",
        legal: "JSON:API 1.0, section Document Structure / Top Level: a links object may be there.",
    },
    Entry {
        variation: Variation::ResourceMeta,
        name: "resource-meta",
        description: "Adds `meta` to resources and relationships.",
        legal: "JSON:API 1.0, section Document Structure / Meta Information: wherever it says so, any members may be in it.",
    },
    Entry {
        variation: Variation::ExtraAttributes,
        name: "extra-attributes",
        description: "Adds attributes that this edition does not document.",
        legal: "The API documents, section Variables, do not say that the attributes are all there are; JSON:API 1.0, section Resource Objects / Attributes, leaves them to the server.",
    },
    Entry {
        variation: Variation::VolatileAttributes,
        name: "volatile-attributes",
        description: "Adds an attribute whose value is another one in every answer.",
        legal: "JSON:API 1.0, section Resource Objects / Attributes, leaves attributes to the server.",
    },
    Entry {
        variation: Variation::ExtraRelationships,
        name: "extra-relationships",
        description: "Adds a relationship that this edition does not document.",
        legal: "JSON:API 1.0, section Resource Objects / Relationships, leaves relationships to the server.",
    },
    Entry {
        variation: Variation::LinksAbsent,
        name: "links-absent",
        description: "Leaves `links` of organizations and workspaces out.",
        legal: "JSON:API 1.0, section Document Structure / Links: they may be there.",
    },
    Entry {
        variation: Variation::LinkObjects,
        name: "link-objects",
        description: "Writes links as objects with `href`.",
        legal: "JSON:API 1.0, section Document Structure / Links: a link is a string or a link object.",
    },
    Entry {
        variation: Variation::AbsoluteLinks,
        name: "absolute-links",
        description: "Writes links and `Location` as absolute URLs.",
        legal: "RFC 3986, section 4.1: a URI reference is a URI or a relative reference. The samples of the API are relative, and no sentence asks for it.",
    },
    Entry {
        variation: Variation::SlashedLinks,
        name: "slashed-links",
        description: "Ends links of variables to themselves in a slash, and answers there as it does without.",
        legal: "JSON:API 1.0, section Document Structure / Links: a link is a URL. RFC 3986, section 6.2.4: a server may know that one with a slash at its end and one without are the same; no sentence of the API forbids it.",
    },
    Entry {
        variation: Variation::SensitiveEmpty,
        name: "sensitive-empty",
        description: "Shows the value of a sensitive variable as an empty text.",
        legal: "The API documents, section Variables: it is “not visible”; how is left open.",
    },
    Entry {
        variation: Variation::SensitiveAbsent,
        name: "sensitive-absent",
        description: "Leaves the value of a sensitive variable out.",
        legal: "The API documents, section Variables: it is “not visible”; how is left open.",
    },
    Entry {
        variation: Variation::Taken409,
        name: "taken-409",
        description: "Answers 409 for a name that is taken.",
        legal: "JSON:API 1.0, section Creating Resources / 409 Conflict: a uniqueness constraint that is violated may be one.",
    },
    Entry {
        variation: Variation::SameKeyAccepted,
        name: "same-key-accepted",
        description: "Accepts several variables with the same key.",
        legal: "The API documents, section Variables, have no rule of uniqueness.",
    },
    Entry {
        variation: Variation::LinkedFilters422,
        name: "linked-filters-422",
        description: "Answers 422 for half a pair of linked filters.",
        legal: "The API documents, section List Variables, name no status for it.",
    },
    Entry {
        variation: Variation::TerseErrors,
        name: "terse-errors",
        description: "Says nothing in an error object but its title; the details of a 409 stay.",
        legal: "JSON:API 1.0, section Error Objects: every member is optional.",
    },
    Entry {
        variation: Variation::VerboseErrors,
        name: "verbose-errors",
        description: "Says everything in an error object: `id`, `code`, `links`, `meta`.",
        legal: "JSON:API 1.0, section Error Objects: an error object may have these members.",
    },
    Entry {
        variation: Variation::SeveralErrors,
        name: "several-errors",
        description: "Adds a second error object that says the same in other words.",
        legal: "JSON:API 1.0, section Processing Errors: a server may return several.",
    },
    Entry {
        variation: Variation::ErrorsWithoutBody,
        name: "errors-without-body",
        description: "Answers errors without a body; the details of a 409 stay.",
        legal: "JSON:API 1.0, section Errors: details are optional; the status says what counts.",
    },
    Entry {
        variation: Variation::PlainIds,
        name: "plain-ids",
        description: "Gives variables and workspaces numbers as ids.",
        legal: "JSON:API 1.0, section Resource Objects / Identification: an id is any string. The prefixes are in samples alone.",
    },
    Entry {
        variation: Variation::UuidIds,
        name: "uuid-ids",
        description: "Gives variables and workspaces UUIDs as ids.",
        legal: "JSON:API 1.0, section Resource Objects / Identification: an id is any string. The prefixes are in samples alone.",
    },
    Entry {
        variation: Variation::ListsInPages,
        name: "lists-in-pages",
        description: "Sends a list in pages of a few items, with a link to the next.",
        legal: "JSON:API 1.0, section Fetching Data / Pagination: a server may limit the number of resources to a part.",
    },
    Entry {
        variation: Variation::ListOrder,
        name: "list-order",
        description: "Lists resources in another order.",
        legal: "The API documents promise no order; JSON:API 1.0, section Sorting, gives one only to who asks.",
    },
    Entry {
        variation: Variation::Delete200,
        name: "delete-200",
        description: "Answers a deletion with 200 and `meta`.",
        legal: "JSON:API 1.0, section Deleting Resources / 200 OK.",
    },
];
