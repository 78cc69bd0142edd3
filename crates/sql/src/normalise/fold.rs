//! Text that grows by tokens, with lists of literals and repeated rows folded.

/// Bytes of a normalised text. Longer ones are cut and end in `…`.
const MAX_BYTES: usize = 4096;

/// The mark for what was left out.
pub(super) const LEFT_OUT: &str = "…";

/// The text so far.
#[derive(Default)]
pub(super) struct Folded {
    text: String,
    list: List,
    /// Starts of the parentheses that are open.
    open: Vec<usize>,
    /// The parenthesis that was closed last, when nothing but a comma can have followed it.
    row: Option<Row>,
}

/// Where in a list of literals, which begins after a parenthesis, the text ends.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum List {
    #[default]
    Outside,
    /// After `(`.
    Begins,
    /// After a literal of the list; `folded`: more than one.
    Literal { folded: bool },
    /// After a comma, which is not written yet.
    Comma { folded: bool, spaced: bool },
}

struct Row {
    start: usize,
    end: usize,
    /// Rows like this one followed and were left out.
    folded: bool,
}

impl Folded {
    /// Adds a literal.
    pub(super) fn literal(&mut self, spaced: bool) {
        self.list = match self.list {
            List::Comma { .. } => List::Literal { folded: true },
            List::Begins => {
                self.write("?", spaced);
                List::Literal { folded: false }
            }
            List::Outside | List::Literal { .. } => {
                self.end_list();
                self.write("?", spaced);
                List::Outside
            }
        };
    }

    /// Adds a token that is no literal.
    pub(super) fn other(&mut self, word: &str, spaced: bool) {
        if let (",", List::Literal { folded }) = (word, self.list) {
            self.list = List::Comma { folded, spaced };
            return;
        }
        self.end_list();
        match word {
            "(" => {
                self.write(word, spaced);
                self.open.push(self.text.len() - 1);
                self.list = List::Begins;
            }
            ")" => self.close(spaced),
            _ => self.write(word, spaced),
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.text.len() > MAX_BYTES
    }

    /// The whole text.
    pub(super) fn finish(mut self) -> String {
        self.end_list();
        self.end_rows();
        if self.is_full() {
            self.cut()
        } else {
            self.text
        }
    }

    /// The text cut to its bound and marked.
    fn cut(mut self) -> String {
        let end = self
            .text
            .floor_char_boundary(MAX_BYTES.min(self.text.len()));
        self.text.truncate(end);
        self.text.push_str(LEFT_OUT);
        self.text
    }

    fn write(&mut self, word: &str, spaced: bool) {
        if !matches!(word, "," | "(") {
            self.end_rows();
        }
        if spaced && !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(word);
    }

    /// Writes what was held back of a list of literals.
    fn end_list(&mut self) {
        let list = std::mem::take(&mut self.list);
        if let List::Literal { folded: true } | List::Comma { folded: true, .. } = list {
            self.text.push_str(", ");
            self.text.push_str(LEFT_OUT);
        }
        if let List::Comma { spaced, .. } = list {
            self.write(",", spaced);
        }
    }

    /// Closes a parenthesis, and leaves it out when it is like the one before it in a list of rows.
    fn close(&mut self, spaced: bool) {
        if spaced {
            self.text.push(' ');
        }
        self.text.push(')');
        let Some(start) = self.open.pop() else {
            self.row = None;
            return;
        };
        let row = Row {
            start,
            end: self.text.len(),
            folded: false,
        };
        match self.row.take() {
            Some(before) if self.is_repeated(&before, &row) => {
                self.text.truncate(before.end);
                self.row = Some(Row {
                    folded: true,
                    ..before
                });
            }
            Some(before) if before.folded && before.end <= start => {
                let mark = format!(", {LEFT_OUT}");
                self.text.insert_str(before.end, &mark);
                let (start, end) = (row.start + mark.len(), row.end + mark.len());
                self.row = Some(Row {
                    start,
                    end,
                    folded: false,
                });
            }
            Some(_) | None => self.row = Some(row),
        }
    }

    fn is_repeated(&self, before: &Row, row: &Row) -> bool {
        let between = self.text.get(before.end..row.start);
        between.is_some_and(|between| between.trim() == ",")
            && self.text.get(before.start..before.end) == self.text.get(row.start..row.end)
    }

    /// Ends a list of rows before a token that does not go on with it.
    fn end_rows(&mut self) {
        let Some(row) = self.row.take() else { return };
        let inside = self.open.last().is_some_and(|open| *open >= row.end);
        if inside {
            // In a parenthesis after the row, which may still prove to be like it.
            self.row = Some(row);
        } else if row.folded {
            self.text.insert_str(row.end, &format!(", {LEFT_OUT}"));
        }
    }
}
