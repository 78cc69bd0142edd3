//! Who and what policies are asked about, as Cedar's entities.

use std::collections::{HashMap, HashSet};
use std::str::FromStr;

use cedar_policy::{
    Entity, EntityId, EntityTypeName, EntityUid, ParseErrors, RestrictedExpression,
};
use identity::{Principal, PrincipalKind};
use sql::SettingClass;
use sql::facts::{FunctionClass, FunctionUse};

use crate::action::Action;
use crate::labels::is_system_schema;
use crate::resource::Resource;
use crate::tag::Tag;
use crate::viewer::Connection;

/// The names of the entity types of the schema, parsed once.
#[derive(Debug)]
pub(crate) struct Vocabulary {
    action: EntityTypeName,
    human: EntityTypeName,
    service: EntityTypeName,
    agent: EntityTypeName,
    group: EntityTypeName,
    tag: EntityTypeName,
    environment: EntityTypeName,
    database: EntityTypeName,
    schema: EntityTypeName,
    table: EntityTypeName,
    column: EntityTypeName,
    function: EntityTypeName,
    setting: EntityTypeName,
}

/// An entity with everything above it.
#[derive(Debug)]
pub(crate) struct Slice {
    pub(crate) uid: EntityUid,
    pub(crate) entities: Vec<Entity>,
}

/// A principal as it is asked for; with its owner when it is an agent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Party<'a> {
    pub(crate) principal: &'a Principal,
    pub(crate) owner: Option<&'a Principal>,
}

impl Vocabulary {
    pub(crate) fn new() -> Result<Self, Box<ParseErrors>> {
        let name = |name| EntityTypeName::from_str(name).map_err(Box::new);
        Ok(Self {
            action: name("Action")?,
            human: name("Human")?,
            service: name("Service")?,
            agent: name("Agent")?,
            group: name("Group")?,
            tag: name("Tag")?,
            environment: name("Environment")?,
            database: name("Database")?,
            schema: name("Schema")?,
            table: name("Table")?,
            column: name("Column")?,
            function: name("Function")?,
            setting: name("Setting")?,
        })
    }

    pub(crate) fn action(&self, action: Action) -> EntityUid {
        uid(&self.action, action.name())
    }

    /// Whether an entity is a tag; then its id.
    pub(crate) fn tag_name<'u>(&self, uid: &'u EntityUid) -> Option<&'u str> {
        (*uid.type_name() == self.tag).then(|| uid.id().unescaped())
    }

    /// The principal, its groups, and for an agent its owner with groups.
    pub(crate) fn party(&self, party: Party<'_>) -> Slice {
        let mut entities = Vec::new();
        let mut groups = HashSet::new();
        let owner = party
            .owner
            .map(|owner| self.principal(owner, None, &mut groups, &mut entities));
        let uid = self.principal(party.principal, owner, &mut groups, &mut entities);
        entities.extend(groups.into_iter().map(Entity::with_uid));
        Slice { uid, entities }
    }

    fn principal(
        &self,
        principal: &Principal,
        owner: Option<EntityUid>,
        groups: &mut HashSet<EntityUid>,
        entities: &mut Vec<Entity>,
    ) -> EntityUid {
        let kind = match principal.kind {
            PrincipalKind::Human => &self.human,
            PrincipalKind::Service => &self.service,
            PrincipalKind::Agent { .. } => &self.agent,
        };
        let own: HashSet<EntityUid> = principal
            .groups
            .iter()
            .map(|group| uid(&self.group, group.as_str()))
            .collect();
        groups.extend(own.iter().cloned());
        let attributes = owner.map(|owner| {
            let human = *owner.type_name() == self.human;
            let name = if human {
                "on_behalf_of"
            } else {
                "on_behalf_of_service"
            };
            (name, RestrictedExpression::new_entity_uid(owner))
        });
        let id = uid(kind, principal.name.as_str());
        entities.push(entity(id.clone(), attributes, own));
        id
    }

    /// The resource with everything that it is in.
    pub(crate) fn resource(&self, connection: &Connection, resource: &Resource<'_>) -> Slice {
        let mut ascent = Ascent {
            vocabulary: self,
            connection,
            entities: Vec::new(),
        };
        let uid = ascent.resource(resource);
        Slice {
            uid,
            entities: ascent.entities,
        }
    }
}

/// The entities from a resource upwards, while they are collected.
struct Ascent<'a> {
    vocabulary: &'a Vocabulary,
    connection: &'a Connection,
    entities: Vec<Entity>,
}

impl Ascent<'_> {
    fn resource(&mut self, resource: &Resource<'_>) -> EntityUid {
        match resource {
            Resource::Database => self.database(),
            Resource::Schema(schema) => self.schema(schema),
            Resource::Table { schema, name } => self.table(schema, name),
            Resource::Function(function) => self.function(function),
            Resource::Setting { name, class } => self.setting(name, *class),
            Resource::Column {
                schema,
                table,
                column,
                tag,
            } => self.column(&[schema, table, column], tag),
        }
    }

    fn database(&mut self) -> EntityUid {
        let Vocabulary {
            environment,
            database,
            ..
        } = self.vocabulary;
        let name = quoted(&self.connection.environment);
        let environment = self.add(environment, &name, [], []);
        self.add(database, &path(self.connection, &[]), [], [environment])
    }

    fn schema(&mut self, name: &str) -> EntityUid {
        let mut parents = vec![self.database()];
        if is_system_schema(name) {
            parents.push(self.add(&self.vocabulary.tag, "system", [], []));
        }
        let attributes = [("name", string(name))];
        let id = path(self.connection, &[name]);
        self.add(&self.vocabulary.schema, &id, attributes, parents)
    }

    fn table(&mut self, schema: &str, name: &str) -> EntityUid {
        let parent = self.schema(schema);
        let attributes = [("name", string(name)), ("schema", string(schema))];
        let id = path(self.connection, &[schema, name]);
        self.add(&self.vocabulary.table, &id, attributes, [parent])
    }

    fn function(&mut self, function: &FunctionUse) -> EntityUid {
        let Vocabulary {
            tag,
            function: kind,
            ..
        } = self.vocabulary;
        let top = self.add(tag, "function", [], []);
        let class = self.add(tag, class_tag(function.class), [], [top]);
        let mut attributes = vec![("name", string(&function.name))];
        let parent = match &function.schema {
            Some(schema) => {
                attributes.push(("schema", string(schema)));
                self.schema(schema)
            }
            None => self.database(),
        };
        // PostgreSQL has no empty names: a function of no known schema has an id of its own.
        let schema = function.schema.as_deref().unwrap_or_default();
        let id = path(self.connection, &[schema, &function.name]);
        self.add(kind, &id, attributes, [parent, class])
    }

    fn setting(&mut self, name: &str, class: SettingClass) -> EntityUid {
        let Vocabulary { tag, setting, .. } = self.vocabulary;
        let top = self.add(tag, "setting", [], []);
        let class = self.add(tag, setting_tag(class), [], [top]);
        let database = self.database();
        let attributes = [("name", string(name))];
        let id = path(self.connection, &[name]);
        self.add(setting, &id, attributes, [database, class])
    }

    fn column(&mut self, names: &[&str; 3], tag: &Tag) -> EntityUid {
        let [schema, table, column] = names;
        let parents = [self.table(schema, table), self.tag(tag)];
        let attributes = [
            ("name", string(column)),
            ("table", string(table)),
            ("schema", string(schema)),
        ];
        // PostgreSQL has no empty names: nothing of the catalog has the id of the unknown.
        let names: &[&str] = if table.is_empty() {
            &["unknown"]
        } else {
            names
        };
        let id = path(self.connection, names);
        self.add(&self.vocabulary.column, &id, attributes, parents)
    }

    fn tag(&mut self, tag: &Tag) -> EntityUid {
        let names: Vec<&str> = tag.lineage().collect();
        let mut parent = None;
        for name in names.into_iter().rev() {
            parent = Some(self.add(&self.vocabulary.tag, name, [], parent));
        }
        parent.unwrap_or_else(|| uid(&self.vocabulary.tag, tag.as_str()))
    }

    fn add<'n>(
        &mut self,
        kind: &EntityTypeName,
        id: &str,
        attributes: impl IntoIterator<Item = (&'n str, RestrictedExpression)>,
        parents: impl IntoIterator<Item = EntityUid>,
    ) -> EntityUid {
        let uid = uid(kind, id);
        self.entities.push(entity(
            uid.clone(),
            attributes,
            parents.into_iter().collect(),
        ));
        uid
    }
}

/// The tag that says what a function does.
fn class_tag(class: FunctionClass) -> &'static str {
    match class {
        FunctionClass::RunsSql => "function.runs_sql",
        FunctionClass::ReachesOutside => "function.reaches_outside",
        FunctionClass::ChangesState => "function.changes_state",
        FunctionClass::UserDefined => "function.user_defined",
        FunctionClass::Unknown => "function.unknown",
    }
}

/// The tag that says what a setting changes.
fn setting_tag(class: SettingClass) -> &'static str {
    match class {
        SettingClass::Identity => "setting.identity",
        SettingClass::Custom => "setting.custom",
        // The harmless ones and the search path are not asked for; the pins are no matter of policy.
        SettingClass::Server
        | SettingClass::Harmless
        | SettingClass::SearchPath
        | SettingClass::Pinned(_) => "setting.server",
    }
}

fn uid(kind: &EntityTypeName, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(id))
}

fn string(text: &str) -> RestrictedExpression {
    RestrictedExpression::new_string(text.to_owned())
}

fn entity<'n>(
    uid: EntityUid,
    attributes: impl IntoIterator<Item = (&'n str, RestrictedExpression)>,
    parents: HashSet<EntityUid>,
) -> Entity {
    let attributes: HashMap<String, RestrictedExpression> = attributes
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    let without = Entity::new_no_attrs(uid.clone(), parents.clone());
    // Fails only for attributes that cannot be evaluated; those of ours are strings and ids.
    Entity::new(uid, attributes, parents).unwrap_or(without)
}

/// The dotted id of something in a connection.
fn path(connection: &Connection, parts: &[&str]) -> String {
    let mut id = quoted(&connection.environment);
    for part in std::iter::once(connection.name.as_str()).chain(parts.iter().copied()) {
        id.push('.');
        id.push_str(&quoted(part));
    }
    id
}

/// One part of an id. Quoted as PostgreSQL does when it could be taken for more than one part.
fn quoted(part: &str) -> String {
    if part.contains(['.', '"']) || part.is_empty() {
        format!("\"{}\"", part.replace('"', "\"\""))
    } else {
        part.to_owned()
    }
}
