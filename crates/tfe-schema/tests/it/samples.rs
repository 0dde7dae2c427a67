//! The documentation's own samples against the schemas (`tests/samples/NOTICE.md`).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use tfe_schema::{Catalog, form, json};

/// What becomes of a sample.
enum Sample {
    /// Conforms to this schema.
    Fits(&'static str),
    /// Breaks this schema at this place, citing this requirement, for this reason.
    Breaks(&'static str, &'static str, &'static str, &'static str),
    /// Belongs to no schema of the set, for this reason.
    Foreign(&'static str),
    /// Is not JSON from this line and column on.
    Broken(usize, usize),
}
use Sample::{Breaks, Broken, Fits, Foreign};

const NO_WORKSPACE_UPDATE: &str = "updating a workspace is no operation of the set";

const V2_2018_06_20: &[(&str, Sample)] = &[
    // A brace too many after `organization`.
    ("index/01-request.json.invalid", Broken(27, 1)),
    // Ellipses.
    ("index/02-response.json.invalid", Broken(2, 12)),
    ("index/03-other.json.invalid", Broken(8, 7)),
    (
        "index/04-other.json",
        Breaks(
            "jsonapi/error-document",
            "/errors/0/status",
            "jsonapi.error-object-members",
            "the status is the number 429; JSON:API 1.0, Error Objects, asks for a string",
        ),
    ),
    ("organizations/01-response.json", Fits("v2/organizations/collection")),
    ("organizations/02-response.json", Fits("v2/organizations/document")),
    ("organizations/03-request.json", Fits("v2/organizations/create-request")),
    ("organizations/04-response.json", Fits("v2/organizations/document")),
    ("organizations/05-request.json", Foreign("updating an organization is no operation of the set")),
    ("organizations/06-response.json", Fits("v2/organizations/document")),
    ("variables/01-request.json", Fits("v2/variables/create-request")),
    ("variables/02-response.json", Fits("v2/variables/document")),
    ("variables/03-response.json", Fits("v2/variables/collection")),
    ("variables/04-request.json", Fits("v2/variables/update-request")),
    ("variables/05-response.json", Fits("v2/variables/document")),
    ("workspaces/01-request.json", Fits("v2/workspaces/create-request")),
    ("workspaces/02-request.json", Fits("v2/workspaces/create-request")),
    ("workspaces/03-request.json", Fits("v2/workspaces/create-request")),
    ("workspaces/04-response.json", Fits("v2/workspaces/document")),
    ("workspaces/05-response.json", Fits("v2/workspaces/document")),
    ("workspaces/06-response.json", Fits("v2/workspaces/document")),
    ("workspaces/07-request.json", Foreign(NO_WORKSPACE_UPDATE)),
    ("workspaces/08-response.json", Fits("v2/workspaces/document")),
    ("workspaces/09-response.json", Fits("v2/workspaces/collection")),
    ("workspaces/10-response.json", Fits("v2/workspaces/document")),
    ("workspaces/11-request.json", Foreign("locking a workspace is no operation of the set")),
    ("workspaces/12-response.json", Fits("v2/workspaces/document")),
    ("workspaces/13-response.json", Fits("v2/workspaces/document")),
    ("workspaces/14-request.json", Foreign("assigning an SSH key is no operation of the set")),
    ("workspaces/15-response.json", Fits("v2/workspaces/document")),
    ("workspaces/16-request.json", Foreign("removing an SSH key is no operation of the set")),
    ("workspaces/17-response.json", Fits("v2/workspaces/document")),
];

const V1_2018_03_30: &[(&str, Sample)] = &[
    ("configurations/01-response.json", Fits("v1/configurations/latest")),
    ("configurations/02-request.json", Fits("v1/configurations/version-request")),
    ("configurations/03-response.json", Fits("v1/configurations/version-created")),
    ("environments/01-request.json", Fits("v1/environments/variables-request")),
    ("index/01-other.json", Fits("v1/errors")),
    ("runs/01-request.json", Fits("v1/runs/plan-request")),
    ("runs/02-response.json", Fits("v1/runs/plan-response")),
    ("states/01-response.json", Fits("v1/states/list")),
    ("users/01-response.json", Fits("v1/users/user")),
];

const V1_2017_03_22: &[(&str, Sample)] = &[
    ("configuration-versions/01-request.json", Fits("v1/configurations/version-request")),
    ("environments/01-request.json", Fits("v1/environments/variables-request")),
    ("index/01-response.json", Fits("v1/errors")),
    ("index/02-request.json", Fits("v1/environments/variables-request")),
];

const EDITIONS: [(&str, &[(&str, Sample)]); 3] =
    [("v2-2018-06-20", V2_2018_06_20), ("v1-2018-03-30", V1_2018_03_30), ("v1-2017-03-22", V1_2017_03_22)];

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples")
}

#[test]
fn every_sample_is_what_the_tables_say() {
    let mut wrong = Vec::new();
    for (edition, table) in EDITIONS {
        for (name, sample) in table {
            let path = samples().join(edition).join(name);
            if let Err(message) = judge(&std::fs::read(&path).unwrap(), sample) {
                wrong.push(format!("{edition}/{name}: {message}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn judge(bytes: &[u8], sample: &Sample) -> Result<(), String> {
    let report = |id: &str| Catalog::bundled().schema(id).map(|schema| schema.check(bytes)).ok_or(format!("no {id}"));
    match *sample {
        Fits(id) => {
            let report = report(id)?;
            if report.is_valid() { Ok(()) } else { Err(format!("{report:?}")) }
        }
        Breaks(id, pointer, requirement, reason) => {
            let violations = report(id)?.violations;
            match violations.as_slice() {
                [one] if one.pointer.as_str() == pointer && one.requirement.as_deref() == Some(requirement) => Ok(()),
                other => Err(format!("{reason}; found {other:?}")),
            }
        }
        Foreign(reason) => json::parse(bytes).map(drop).map_err(|error| format!("{reason}, and {error}")),
        Broken(line, column) => match json::parse(bytes) {
            Err(error) if (error.line, error.column) == (line, column) => Ok(()),
            other => Err(format!("{other:?}")),
        },
    }
}

#[test]
fn every_file_stands_in_one_table_once() {
    for (edition, table) in EDITIONS {
        let mut files = BTreeSet::new();
        for page in std::fs::read_dir(samples().join(edition)).unwrap() {
            let page = page.unwrap();
            for file in std::fs::read_dir(page.path()).unwrap() {
                let (page, file) = (page.file_name(), file.unwrap().file_name());
                files.insert(format!("{}/{}", page.to_str().unwrap(), file.to_str().unwrap()));
            }
        }
        let listed: BTreeSet<String> = table.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(listed.len(), table.len(), "{edition}: a file stands twice");
        assert_eq!(listed, files, "{edition}");
    }
    let folders = std::fs::read_dir(samples()).unwrap().filter(|entry| entry.as_ref().unwrap().path().is_dir());
    assert_eq!(folders.count(), EDITIONS.len());
}

/// What the v1 pages show as JSON is equivalent to a form (v1 index, Content Type).
#[test]
fn v1_requests_fit_as_forms_too() {
    for (edition, table) in &EDITIONS[1..] {
        for (name, sample) in *table {
            let Fits(id) = sample else { continue };
            if name.ends_with("request.json") {
                let document = json::parse(&std::fs::read(samples().join(edition).join(name)).unwrap()).unwrap().value;
                let form = form::encode(&document).unwrap();
                let report = Catalog::bundled().schema(id).unwrap().check_form(form.as_bytes());
                assert!(report.is_valid(), "{edition}/{name}: {form}: {report:?}");
            }
        }
    }
}
