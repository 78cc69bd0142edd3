//! WITH queries in sight, in the second reading.

use std::collections::HashMap;
use std::rc::Rc;

use sqlparser::ast::{Query, With};

use super::relations::fold;

/// The WITH queries in sight at one place.
#[derive(Clone, Default)]
pub(super) struct Sight(Option<Rc<Frame>>);

/// One WITH clause as far as it is in sight.
struct Frame {
    /// Position of each name in the clause.
    names: Rc<HashMap<String, usize>>,
    /// Those before this position are in sight.
    seen: usize,
    outside: Sight,
}

impl Sight {
    pub(super) fn has(&self, name: &str) -> bool {
        let mut frame = self.0.as_deref();
        while let Some(open) = frame {
            if open
                .names
                .get(name)
                .is_some_and(|position| *position < open.seen)
            {
                return true;
            }
            frame = open.outside.0.as_deref();
        }
        false
    }
}

/// The queries that are open while a statement is visited from its root in order.
#[derive(Default)]
pub(super) struct Scopes {
    open: Vec<Sight>,
    /// What is in sight inside a WITH query, by the address of its query.
    inside: HashMap<usize, Sight>,
}

impl Scopes {
    pub(super) fn has(&self, name: &str) -> bool {
        self.open.last().is_some_and(|sight| sight.has(name))
    }

    pub(super) fn enter(&mut self, query: &Query) {
        let around = self.inside.remove(&address(query));
        let around = around
            .or_else(|| self.open.last().cloned())
            .unwrap_or_default();
        let sight = match &query.with {
            Some(with) => self.with(with, around),
            None => around,
        };
        self.open.push(sight);
    }

    pub(super) fn leave(&mut self) {
        self.open.pop();
    }

    /// Notes what each query of the clause sees, and tells what the query under the clause sees.
    fn with(&mut self, with: &With, outside: Sight) -> Sight {
        let mut names = HashMap::new();
        for (position, query) in with.cte_tables.iter().enumerate() {
            names.entry(fold(&query.alias.name)).or_insert(position);
        }
        let names = Rc::new(names);
        let all = with.cte_tables.len();
        let frame = |seen| {
            Sight(Some(Rc::new(Frame {
                names: names.clone(),
                seen,
                outside: outside.clone(),
            })))
        };
        for (position, query) in with.cte_tables.iter().enumerate() {
            let seen = if with.recursive { all } else { position };
            self.inside.insert(address(&query.query), frame(seen));
        }
        frame(all)
    }
}

/// Tells apart the queries of one tree, which does not move while it is visited.
fn address(query: &Query) -> usize {
    std::ptr::from_ref(query).addr()
}
