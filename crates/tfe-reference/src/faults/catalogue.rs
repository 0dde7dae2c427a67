//! The list of faults: an enum to write in code, and a row each with what people see. First those of v2, then those of
//! v1, then the control.

mod consequences;
mod v1;
mod v2;

/// One deliberate deviation of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each fault is described in its row of the catalogue, which is what users are shown")]
#[non_exhaustive]
pub enum Fault {
    Foreign403,
    SensitiveReadable,
    PatchResetsOmitted,
    WorkspaceFilterIgnored,
    HalfFilterAccepted,
    PlainJsonMediaType,
    ErrorNotJsonApi,
    Create200WithoutId,
    DeletedStillListed,
    UnknownCategoryAccepted,
    V1AnonymousRead,
    V1AnonymousWrite,
    V1UnknownTokenAccepted,
    V1TokenInAuthorizationAccepted,
    V1BareUnreachable,
    V1UnregisteredStatus,
    V1Foreign403,
    V1Missing422,
    V1HiddenTold,
    V1ErrorsAsArray,
    V1ErrorTextPlain,
    V1ErrorMessageBare,
    V1PrefixOptional,
    V1StatesMissing,
    V1JsonRefused,
    V1JsonCharsetRefused,
    V1FormRefused,
    V1FormPlusKept,
    V1FormBracketsUnparsed,
    V1FormEncodedBracketsUnparsed,
    V1MalformedAccepted,
    V1Malformed500,
    V1OtherMediaTypes500,
    V1UpdateIgnored,
    V1OutsideNamespaceApplied,
    V1NumbersDropped,
    V1OrderMatters,
    V1PutReplaces,
    V1RepeatAppends,
    V1OverwriteIgnored,
    V1EmptyValueKept,
    V1VariablesReturned,
    V1PlanWithoutConfiguration,
    V1PlanNoBody,
    V1DestroyRequired,
    V1StatesTimeAsNumber,
    V1StatesForeignListed,
    V1StatesUnfiltered,
    V1StatesPageIgnored,
    V1ConfigurationNotKept,
    V1VersionNotIncremented,
    V1VersionWithoutUploadPath,
    V1LatestWithoutMetadata,
    V1UserWithoutUsername,
    NoOp,
}

/// What is known of one fault.
pub(super) struct Entry {
    pub(super) fault: Fault,
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    pub(super) breaks: &'static [&'static str],
}

/// Every fault, in the order of the enum.
pub(super) fn entries() -> impl Iterator<Item = &'static Entry> {
    v2::FAULTS.iter().chain(v1::FAULTS).chain([&CONTROL])
}

/// What else cannot hold while the fault is on.
pub(super) fn consequences(fault: Fault) -> impl Iterator<Item = &'static str> {
    let of_fault = consequences::CONSEQUENCES.iter().filter(move |(other, _)| *other == fault);
    of_fault.flat_map(|(_, patterns)| patterns.iter().copied())
}

const CONTROL: Entry = Entry {
    fault: Fault::NoOp,
    name: "no-op",
    description: "Changes nothing: the control that a suite must not catch.",
    breaks: &[],
};
