//! What a value and a row are made of, while a statement is read.

use std::rc::Rc;

use crate::catalog::Oid;
use crate::facts::Lineage;

/// A value: where it comes from and, when it is a row whose columns are known, those columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Value {
    pub(crate) lineage: Lineage,
    pub(crate) fields: Option<Rc<Shape>>,
}

impl Value {
    pub(crate) fn of(lineage: Lineage) -> Self {
        Self {
            lineage,
            fields: None,
        }
    }

    /// A whole row.
    pub(crate) fn row(shape: Rc<Shape>) -> Self {
        Self {
            lineage: shape.union(),
            fields: Some(shape),
        }
    }

    /// The value as a column of a query's result: fields of a row that is handed on whole are no
    /// longer columns of a table to the server.
    pub(crate) fn handed_on(mut self) -> Self {
        self.fields = self.fields.map(|row| {
            let derive = |column: &Rc<Column>| {
                Column::new(&column.name, column.value.lineage.clone().derived())
            };
            let columns = row.columns.iter().map(derive).collect();
            Rc::new(Shape {
                columns,
                open: row.open.clone(),
            })
        });
        self
    }

    /// The value that is one of several; which one, is not known.
    pub(crate) fn any_of<'a>(values: impl Iterator<Item = &'a Value>) -> Self {
        let mut values = values.peekable();
        let Some(first) = values.next() else {
            return Self::default();
        };
        if values.peek().is_none() {
            return first.clone();
        }
        let mut lineage = first.lineage.clone();
        values.for_each(|value| lineage.absorb(&value.lineage));
        Self::of(lineage)
    }
}

/// A named value: a column of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) value: Value,
}

impl Column {
    pub(crate) fn new(name: impl Into<String>, lineage: Lineage) -> Rc<Self> {
        Rc::new(Self {
            name: name.into(),
            value: Value::of(lineage),
        })
    }
}

/// The columns of a row, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) columns: Vec<Rc<Column>>,
    /// There may be more columns, of unknown number and names, with this lineage.
    pub(crate) open: Option<Lineage>,
}

impl Shape {
    pub(crate) fn closed(columns: Vec<Rc<Column>>) -> Self {
        Self {
            columns,
            open: None,
        }
    }

    /// A row of which no column is known.
    pub(crate) fn open(lineage: Lineage) -> Self {
        Self {
            columns: Vec::new(),
            open: Some(lineage.derived()),
        }
    }

    /// The lineage of the whole row.
    pub(crate) fn union(&self) -> Lineage {
        let mut lineage = Lineage::default();
        self.columns
            .iter()
            .for_each(|column| lineage.absorb(&column.value.lineage));
        if let Some(open) = &self.open {
            lineage.absorb(open);
        }
        lineage
    }

    pub(crate) fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Rc<Column>> {
        self.columns
            .iter()
            .filter(move |column| column.name == name)
    }

    pub(crate) fn extend(&mut self, other: &Shape) {
        self.columns.extend(other.columns.iter().cloned());
        if let Some(open) = &other.open {
            self.open.get_or_insert_default().absorb(open);
        }
    }

    /// The row with its first columns renamed.
    pub(crate) fn renamed(&self, names: &[String]) -> Self {
        let rename = |(index, column): (usize, &Rc<Column>)| match names.get(index) {
            Some(name) if *name != column.name => Rc::new(Column {
                name: name.clone(),
                value: column.value.clone(),
            }),
            Some(_) | None => Rc::clone(column),
        };
        let mut columns: Vec<_> = self.columns.iter().enumerate().map(rename).collect();
        if let Some(open) = &self.open {
            let more = names.iter().skip(columns.len());
            columns.extend(
                more.map(|name| Column::new(name, open.clone()))
                    .collect::<Vec<_>>(),
            );
        }
        Self {
            columns,
            open: self.open.clone(),
        }
    }

    /// The row of which each column is computed from those of both rows at its place.
    pub(crate) fn merged(&self, other: &Shape) -> Self {
        let mut columns: Vec<_> = self.columns.clone();
        for (index, theirs) in other.columns.iter().enumerate() {
            let Some(ours) = columns.get_mut(index) else {
                columns.push(Rc::clone(theirs));
                continue;
            };
            let mut lineage = ours.value.lineage.clone();
            lineage.absorb(&theirs.value.lineage);
            *ours = Column::new(&ours.name, lineage);
        }
        let mut merged = Self {
            columns,
            open: self.open.clone(),
        };
        merged.spread_open(other.open.as_ref());
        if let Some(open) = self.open.clone() {
            merged.spread_open(Some(&open));
        }
        merged
    }

    /// With columns at unknown places, every column may be made of them.
    fn spread_open(&mut self, open: Option<&Lineage>) {
        let Some(open) = open else { return };
        for column in &mut self.columns {
            let mut lineage = column.value.lineage.clone();
            lineage.absorb(open);
            *column = Column::new(&column.name, lineage);
        }
        self.open.get_or_insert_default().absorb(open);
    }
}

/// One entry of a FROM list: what a qualified name can mean.
#[derive(Debug, Clone, Default)]
pub(crate) struct Item {
    /// Alias, or the name of the relation.
    pub(crate) name: Option<String>,
    /// The relation that is read, when it is one.
    pub(crate) relation: Option<Oid>,
    /// Schema of a relation that has no alias, so that `schema.table.column` may name it.
    pub(crate) schema: Option<String>,
    pub(crate) shape: Rc<Shape>,
    /// Every relation below it: those that FOR UPDATE locks.
    pub(crate) relations: Rc<[Oid]>,
}

/// What names mean at one level of a query.
#[derive(Debug, Clone, Default)]
pub(crate) struct Namespace {
    /// What qualified names can mean.
    pub(crate) items: Vec<Rc<Item>>,
    /// What unqualified names can mean, and what `*` stands for.
    pub(crate) columns: Shape,
}

impl Namespace {
    pub(crate) fn of(item: Item) -> Self {
        let columns = Shape::clone(&item.shape);
        Self {
            items: vec![Rc::new(item)],
            columns,
        }
    }

    /// The names of a query's own result.
    pub(crate) fn of_result(shape: &Shape) -> Self {
        Self {
            items: Vec::new(),
            columns: shape.clone(),
        }
    }

    pub(crate) fn extend(&mut self, other: &Namespace) {
        self.items.extend(other.items.iter().cloned());
        self.columns.extend(&other.columns);
    }

    /// Every relation below this level.
    pub(crate) fn relations(&self) -> Rc<[Oid]> {
        let mut all: Vec<Oid> = self
            .items
            .iter()
            .flat_map(|item| item.relations.iter().copied())
            .collect();
        all.sort_unstable();
        all.dedup();
        all.into()
    }
}
