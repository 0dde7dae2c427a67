//! What the server remembers, and nothing else: no rules of the API, no rendering.
//!
//! Things live inside what owns them, so that a deletion takes everything below with it. Attributes are kept as the
//! JSON they came as: which ones exist is said by the schemas.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::auth::User;

/// The organization that `user` and `auditor` belong to from the start.
pub const ORGANIZATION: &str = "example-org";

/// The organization that `outsider` and `auditor` belong to from the start.
pub const OTHER_ORGANIZATION: &str = "other-org";

/// All organizations, in the order of their creation.
#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) organizations: Vec<Organization>,
}

/// An organization. Its name is its id.
#[derive(Debug)]
pub(crate) struct Organization {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) created_at: Timestamp,
    pub(crate) members: Vec<User>,
    pub(crate) workspaces: Vec<Workspace>,
}

/// A workspace.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) created_at: Timestamp,
    /// The attributes that the client chose, other than the name.
    pub(crate) settings: Map<String, Value>,
    pub(crate) variables: Vec<Variable>,
    /// Deleted variables that are listed all the same; empty unless a fault is on.
    pub(crate) ghosts: Vec<Variable>,
    /// Deleted variables that can be read all the same; empty unless a fault is on.
    pub(crate) graves: Vec<Variable>,
}

/// A variable: the attributes of the API, all of them, the value of a sensitive one included.
#[derive(Debug, Clone)]
pub(crate) struct Variable {
    pub(crate) id: String,
    pub(crate) attributes: Map<String, Value>,
    /// Whether the workspace is forgotten in answers; false unless a fault is on.
    pub(crate) is_unlinked: bool,
}

/// A workspace and what it belongs to.
#[derive(Clone, Copy)]
pub(crate) struct WorkspacePlace<'s> {
    pub(crate) organization: &'s Organization,
    pub(crate) workspace: &'s Workspace,
}

impl Organization {
    pub(crate) fn new(name: &str, email: &str, members: Vec<User>) -> Self {
        let (name, email) = (name.to_owned(), email.to_owned());
        Self { name, email, created_at: Timestamp::now(), members, workspaces: Vec::new() }
    }
}

impl Workspace {
    pub(crate) fn new(id: String, name: &str, settings: Map<String, Value>) -> Self {
        let (name, created_at) = (name.to_owned(), Timestamp::now());
        Self { id, name, created_at, settings, variables: Vec::new(), ghosts: Vec::new(), graves: Vec::new() }
    }
}

impl Variable {
    pub(crate) fn new(id: String, attributes: Map<String, Value>) -> Self {
        Self { id, attributes, is_unlinked: false }
    }

    /// An attribute that is a text; empty if there is none.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.attributes.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// Whether the value was written to be never shown.
    pub(crate) fn is_sensitive(&self) -> bool {
        self.attributes.get("sensitive") == Some(&Value::Bool(true))
    }
}

impl Store {
    /// The store of a new server: two organizations, nothing in them.
    pub(crate) fn preset() -> Self {
        let organization = |name: &str, owner| Organization::new(name, "admin@example.com", vec![owner, User::Auditor]);
        Self {
            organizations: vec![
                organization(ORGANIZATION, User::Owner),
                organization(OTHER_ORGANIZATION, User::Outsider),
            ],
        }
    }

    pub(crate) fn organization(&self, name: &str) -> Option<&Organization> {
        self.organizations.iter().find(|organization| organization.name == name)
    }

    pub(crate) fn organization_mut(&mut self, name: &str) -> Option<&mut Organization> {
        self.organizations.iter_mut().find(|organization| organization.name == name)
    }

    pub(crate) fn remove_organization(&mut self, name: &str) {
        self.organizations.retain(|organization| organization.name != name);
    }

    /// All workspaces of all organizations.
    pub(crate) fn workspaces(&self) -> impl Iterator<Item = WorkspacePlace<'_>> {
        self.organizations.iter().flat_map(|organization| {
            organization.workspaces.iter().map(move |workspace| WorkspacePlace { organization, workspace })
        })
    }

    pub(crate) fn workspace_mut(&mut self, id: &str) -> Option<&mut Workspace> {
        self.organizations
            .iter_mut()
            .flat_map(|organization| &mut organization.workspaces)
            .find(|workspace| workspace.id == id)
    }

    pub(crate) fn remove_workspace(&mut self, id: &str) {
        for organization in &mut self.organizations {
            organization.workspaces.retain(|workspace| workspace.id != id);
        }
    }

    /// A variable and where it stands.
    pub(crate) fn variable(&self, id: &str) -> Option<(WorkspacePlace<'_>, &Variable)> {
        self.workspaces().find_map(|place| {
            let variable = place.workspace.variables.iter().find(|variable| variable.id == id)?;
            Some((place, variable))
        })
    }

    /// A deleted variable that can be read all the same.
    pub(crate) fn grave(&self, id: &str) -> Option<(WorkspacePlace<'_>, &Variable)> {
        self.workspaces().find_map(|place| Some((place, place.workspace.graves.iter().find(|grave| grave.id == id)?)))
    }

    pub(crate) fn replace_variable(&mut self, changed: Variable) {
        let workspaces = self.organizations.iter_mut().flat_map(|organization| &mut organization.workspaces);
        let mut variables = workspaces.flat_map(|workspace| &mut workspace.variables);
        if let Some(variable) = variables.find(|variable| variable.id == changed.id) {
            *variable = changed;
        }
    }

    /// Makes the values of all variables longer.
    pub(crate) fn append_to_values(&mut self, text: &str) {
        let workspaces = self.organizations.iter_mut().flat_map(|organization| &mut organization.workspaces);
        for variable in workspaces.flat_map(|workspace| &mut workspace.variables) {
            let value = variable.text("value").to_owned() + text;
            variable.attributes.insert("value".to_owned(), value.into());
        }
    }

    /// Takes a variable out of its workspace.
    pub(crate) fn remove_variable(&mut self, workspace: &str, id: &str) -> Option<Variable> {
        let variables = &mut self.workspace_mut(workspace)?.variables;
        let at = variables.iter().position(|variable| variable.id == id)?;
        Some(variables.remove(at))
    }
}
