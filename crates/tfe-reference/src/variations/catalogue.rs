//! The list of variations: an enum to write in code, and a row each with what people see. First those of either
//! generation, then those of v2, then those of v1.

mod v1;
mod v2;
mod wire;

/// One legal difference between servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is described in its row of the catalogue, which is what users are shown")]
#[non_exhaustive]
pub enum Variation {
    PrettyJson,
    EscapedStrings,
    MembersReordered,
    ChunkedBodies,
    ConnectionClose,
    Delays,
    RateLimited,
    ExtraHeaders,
    SampledHeaders,
    MediaTypeCase,
    HeaderCase,
    Refusals400,
    Method404,
    Anonymous403,
    Anonymous404,
    SecondsOnly,
    DocumentMeta,
    DocumentLinks,
    ResourceMeta,
    ExtraAttributes,
    VolatileAttributes,
    ExtraRelationships,
    LinksAbsent,
    LinkObjects,
    AbsoluteLinks,
    SlashedLinks,
    SensitiveEmpty,
    SensitiveAbsent,
    Taken409,
    SameKeyAccepted,
    LinkedFilters422,
    TerseErrors,
    VerboseErrors,
    SeveralErrors,
    ErrorsWithoutBody,
    PlainIds,
    UuidIds,
    ListsInPages,
    ListOrder,
    Delete200,
    V1Charset,
    V1ExtraMembers,
    V1Update204,
    V1Created200,
    V1ErrorsElsewhere,
    V1SeveralMessages,
    V1ErrorsWithoutBody,
    V1Media406,
    V1TfVarsAbsent,
    V1NoUsers,
    V1ShortPages,
    V1FarPage404,
    V1UnknownAccount404,
}

/// What is known of one variation.
pub(super) struct Entry {
    pub(super) variation: Variation,
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    /// Why a server may be like that: the document and the section, or their silence.
    pub(super) legal: &'static str,
}

/// Every variation, in the order of the enum.
pub(super) fn entries() -> impl Iterator<Item = &'static Entry> {
    wire::VARIATIONS.iter().chain(v2::VARIATIONS).chain(v1::VARIATIONS)
}
