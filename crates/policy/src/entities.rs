//! Who and what policies are asked about, as Cedar's entities.

use std::collections::{HashMap, HashSet};
use std::str::FromStr;

use cedar_policy::{
    Entity, EntityId, EntityTypeName, EntityUid, ParseErrors, RestrictedExpression,
};
use identity::{Principal, PrincipalKind};
use sql::facts::FunctionClass;

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
    pub(crate) fn new() -> Result<Self, ParseErrors> {
        let name = EntityTypeName::from_str;
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
        let mut entities = Vec::new();
        let uid = match resource {
            Resource::Database => self.database(connection, &mut entities),
            Resource::Schema(schema) => self.schema(connection, schema, &mut entities),
            Resource::Table { schema, name } => {
                self.table(connection, (schema, name), &mut entities)
            }
            Resource::Function(function) => self.function(connection, function, &mut entities),
            Resource::Column {
                schema,
                table,
                column,
                tag,
            } => {
                let tag = self.column_tag(tag, &mut entities);
                let table_uid = self.table(connection, (schema, table), &mut entities);
                // PostgreSQL has no empty names: nothing of the catalog has this id.
                let known = [*schema, *table, *column];
                let id = path(
                    connection,
                    if table.is_empty() {
                        &["unknown"]
                    } else {
                        &known
                    },
                );
                let attributes = [
                    ("name", string(column)),
                    ("table", string(table)),
                    ("schema", string(schema)),
                ];
                self.add(
                    &self.column,
                    &id,
                    attributes,
                    [table_uid, tag],
                    &mut entities,
                )
            }
        };
        Slice { uid, entities }
    }

    fn database(&self, connection: &Connection, entities: &mut Vec<Entity>) -> EntityUid {
        let environment = quoted(&connection.environment);
        let environment = self.add(&self.environment, &environment, [], [], entities);
        self.add(
            &self.database,
            &path(connection, &[]),
            [],
            [environment],
            entities,
        )
    }

    fn schema(&self, connection: &Connection, name: &str, entities: &mut Vec<Entity>) -> EntityUid {
        let mut parents = vec![self.database(connection, entities)];
        if is_system_schema(name) {
            parents.push(self.add(&self.tag, "system", [], [], entities));
        }
        let attributes = [("name", string(name))];
        self.add(
            &self.schema,
            &path(connection, &[name]),
            attributes,
            parents,
            entities,
        )
    }

    fn table(
        &self,
        connection: &Connection,
        (schema, name): (&str, &str),
        entities: &mut Vec<Entity>,
    ) -> EntityUid {
        let parent = self.schema(connection, schema, entities);
        let attributes = [("name", string(name)), ("schema", string(schema))];
        self.add(
            &self.table,
            &path(connection, &[schema, name]),
            attributes,
            [parent],
            entities,
        )
    }

    fn function(
        &self,
        connection: &Connection,
        function: &sql::facts::FunctionUse,
        entities: &mut Vec<Entity>,
    ) -> EntityUid {
        let top = self.add(&self.tag, "function", [], [], entities);
        let class = self.add(&self.tag, class_tag(function.class), [], [top], entities);
        let mut attributes = vec![("name", string(&function.name))];
        let (parent, id) = if let Some(schema) = &function.schema {
            attributes.push(("schema", string(schema)));
            let parent = self.schema(connection, schema, entities);
            (parent, path(connection, &[schema, &function.name]))
        } else {
            (
                self.database(connection, entities),
                path(connection, &["", &function.name]),
            )
        };
        self.add(&self.function, &id, attributes, [parent, class], entities)
    }

    fn column_tag(&self, tag: &Tag, entities: &mut Vec<Entity>) -> EntityUid {
        let names: Vec<&str> = tag.lineage().collect();
        let mut parent = None;
        for name in names.into_iter().rev() {
            parent = Some(self.add(&self.tag, name, [], parent, entities));
        }
        parent.unwrap_or_else(|| uid(&self.tag, tag.as_str()))
    }

    fn add<'n>(
        &self,
        kind: &EntityTypeName,
        id: &str,
        attributes: impl IntoIterator<Item = (&'n str, RestrictedExpression)>,
        parents: impl IntoIterator<Item = EntityUid>,
        entities: &mut Vec<Entity>,
    ) -> EntityUid {
        let uid = uid(kind, id);
        entities.push(entity(
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
