//! Why a text cannot be analysed.

/// The text cannot be analysed: nothing is known of what it does, so nothing of it may be run
/// without the permission `run_opaque`.
///
/// Never holds a literal of the text: it may be shown and recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Unreadable {
    /// What stands in the way.
    pub reason: UnreadableReason,
    /// Byte offset in the text, where one place is to blame.
    pub position: Option<usize>,
}

impl Unreadable {
    /// A reason with the place that is to blame.
    pub(crate) fn at(position: usize, reason: UnreadableReason) -> Self {
        Self {
            reason,
            position: Some(position),
        }
    }

    /// A reason that concerns the whole text.
    pub(crate) fn whole(reason: UnreadableReason) -> Self {
        Self {
            reason,
            position: None,
        }
    }
}

/// What stands in the way of analysing a text. The messages say what to write instead, where there
/// is something.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableReason {
    /// Longer than is analysed.
    #[error(
        "the text has {length} bytes, more than the {limit} that are analysed; send large data with COPY or as parameters"
    )]
    TooLong {
        /// Bytes of the text.
        length: usize,
        /// Bytes that are analysed at most.
        limit: usize,
    },
    /// A zero byte, which PostgreSQL's protocol cannot carry inside a text.
    #[error("the text holds a zero byte")]
    ZeroByte,
    /// A byte order mark at the start, which PostgreSQL takes for a part of the first word.
    #[error("the text begins with a byte order mark; save the script as UTF-8 without BOM")]
    ByteOrderMark,
    /// The text cannot be cut into PostgreSQL's tokens.
    #[error(transparent)]
    Lexical(#[from] LexicalError),
    /// Parentheses, brackets, CASE or prefix operators nested too deep.
    #[error(
        "nested deeper than the {limit} levels that are analysed; use WITH queries or simplify the expression"
    )]
    TooDeep {
        /// Levels that are analysed at most.
        limit: usize,
    },
    /// A chain of operators, joins or set operations that is too long.
    #[error(
        "a chain of more than {limit} operators, joins or set operations; use IN (…) or = ANY ($1) instead"
    )]
    TooLongChain {
        /// Links that are analysed at most.
        limit: usize,
    },
    /// An `E'…'` string that is continued on the next line.
    #[error("an E'…' string continued on the next line is not analysed; write it as one string")]
    EscapeContinuation,
    /// Our tokenizer and the parser's cut the text differently.
    #[error("the text is cut into words in two different ways here")]
    TokensDisagree,
    /// The parser gave up.
    #[error("the parser failed on this text")]
    ParserFailed,
    /// The text is not PostgreSQL's SQL, or not that of a version that is analysed.
    #[error("syntax error{}: {message}", at_or_near(.near))]
    Syntax {
        /// The word at the place, when it is a word and not a literal.
        near: Option<String>,
        /// The parser's words.
        message: String,
    },
    /// A key word stands where a relation is named, as in `FROM user`.
    #[error(
        "`{word}` is a key word and no relation; write it in double quotes if a relation has this name"
    )]
    KeywordAsRelation {
        /// The key word.
        word: String,
    },
    /// The number of statements is not certain.
    #[error("the text has {parsed} statements to the parser but {counted} by its semicolons")]
    StatementCount {
        /// By the parser.
        parsed: usize,
        /// By the tokenizer.
        counted: usize,
    },
    /// Syntax that is not admitted.
    #[error("{construct} is not analysed{}", or_rather(.instead))]
    NotAdmitted {
        /// The construct by its SQL name.
        construct: &'static str,
        /// What to write instead.
        instead: Option<&'static str>,
    },
    /// The two readings do not agree on what the text is.
    #[error("two independent readings of the text differ in {0}")]
    Disagreement(Disagreement),
}

/// Why a text cannot be cut into PostgreSQL's tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LexicalError {
    /// No closing `'`.
    #[error("unterminated quoted string: a closing ' is missing")]
    UnterminatedString,
    /// No closing delimiter.
    #[error("unterminated dollar-quoted string")]
    UnterminatedDollarString,
    /// No closing `"`.
    #[error("unterminated quoted identifier: a closing \" is missing")]
    UnterminatedName,
    /// `""`.
    #[error("zero-length quoted identifier")]
    EmptyName,
    /// No closing `*/`.
    #[error("unterminated /* comment")]
    UnterminatedComment,
    /// A letter follows a number or a base prefix has no digit.
    #[error("trailing junk after a number")]
    NumberJunk,
    /// A letter follows a parameter.
    #[error("trailing junk after a parameter")]
    ParameterJunk,
    /// More than 2147483647.
    #[error("parameter number too large")]
    ParameterTooLarge,
    /// `\u` without four, `\U` without eight hexadecimal digits.
    #[error("invalid Unicode escape; they are \\uXXXX or \\UXXXXXXXX")]
    UnicodeEscape,
    /// 64 characters or more.
    #[error("operator too long")]
    OperatorTooLong,
    /// A character that begins no token.
    #[error("unexpected character")]
    UnexpectedCharacter,
}

/// In what the two readings differ.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Disagreement {
    /// The number of statements.
    #[error("the number of statements ({first} and {second})")]
    Statements {
        /// By the deciding reading.
        first: usize,
        /// By the second reading.
        second: usize,
    },
    /// The kind of a statement.
    #[error("the kind of statement {statement}")]
    Kind {
        /// Number of the statement in the text, from 1.
        statement: usize,
    },
    /// The relations that are read.
    #[error("the relations that statement {statement} reads (`{name}`)")]
    Reads {
        /// Number of the statement in the text, from 1.
        statement: usize,
        /// A name that only one reading has.
        name: String,
    },
    /// The relations that are written.
    #[error("the relations that statement {statement} writes (`{name}`)")]
    Writes {
        /// Number of the statement in the text, from 1.
        statement: usize,
        /// A name that only one reading has.
        name: String,
    },
    /// Whether an UPDATE or DELETE has no WHERE.
    #[error("whether statement {statement} has a WHERE")]
    Restriction {
        /// Number of the statement in the text, from 1.
        statement: usize,
    },
}

fn at_or_near(word: &Option<String>) -> String {
    word.as_ref()
        .map_or_else(String::new, |word| format!(" at or near `{word}`"))
}

fn or_rather(advice: &Option<&'static str>) -> String {
    advice.map_or_else(String::new, |advice| format!("; {advice}"))
}
