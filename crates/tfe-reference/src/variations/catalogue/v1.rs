//! What servers of v1 may do, where its pages say nothing.

use super::{Entry, Variation};

pub(super) const VARIATIONS: &[Entry] = &[
    Entry {
        variation: Variation::V1Charset,
        name: "v1-charset",
        description: "Adds `charset=utf-8` to the media type of documents.",
        legal: "RFC 9110, section 8.3.2: a recipient may be told the charset; the pages of v1 name no media type for answers at all.",
    },
    Entry {
        variation: Variation::V1ExtraMembers,
        name: "v1-extra-members",
        description: "Adds members to every document that the pages do not show.",
        legal: "The samples of the pages show what is there, and no sentence says that nothing else is.",
    },
    Entry {
        variation: Variation::V1Update204,
        name: "v1-update-204",
        description: "Answers an update of variables with 204.",
        legal: "The page on environments gives no status for success; its sample of an answer is empty.",
    },
    Entry {
        variation: Variation::V1Created200,
        name: "v1-created-200",
        description: "Answers 200 where something was created.",
        legal: "The pages on configurations and runs give no status for success.",
    },
    Entry {
        variation: Variation::V1ErrorsElsewhere,
        name: "v1-errors-elsewhere",
        description: "Puts errors that belong to no attribute under the name `request`.",
        legal: "The index, section Error Response Format, leaves the names open.",
    },
    Entry {
        variation: Variation::V1SeveralMessages,
        name: "v1-several-messages",
        description: "Says everything in two messages.",
        legal: "The index, section Error Response Format: every name has a list.",
    },
    Entry {
        variation: Variation::V1ErrorsWithoutBody,
        name: "v1-errors-without-body",
        description: "Answers 401 and 404 without a body.",
        legal: "The index, section Error Response Format, is about errors to return; for these the status says all.",
    },
    Entry {
        variation: Variation::V1Media406,
        name: "v1-media-406",
        description: "Answers 406 for a body that is neither JSON nor a form.",
        legal: "The index, section Content Type, names no status for it.",
    },
    Entry {
        variation: Variation::V1TfVarsAbsent,
        name: "v1-tf-vars-absent",
        description: "Leaves `tf_vars` out of a configuration version.",
        legal: "No text of the page on configurations says what it holds, or that it is always there.",
    },
    Entry {
        variation: Variation::V1NoUsers,
        name: "v1-no-users",
        description: "Does not have the endpoint for users.",
        legal: "The index does not link its page, which is about Vagrant boxes.",
    },
    Entry {
        variation: Variation::V1ShortPages,
        name: "v1-short-pages",
        description: "Lists three states on a page.",
        legal: "The page on states, section Parameters, gives no size of a page.",
    },
    Entry {
        variation: Variation::V1FarPage404,
        name: "v1-far-page-404",
        description: "Answers 404 for a page of states behind the last.",
        legal: "The page on states does not say what is there.",
    },
    Entry {
        variation: Variation::V1UnknownAccount404,
        name: "v1-unknown-account-404",
        description: "Answers 404 for the states of an account without any.",
        legal: "The page on states does not say what a filter for a name gives that nobody has.",
    },
];
