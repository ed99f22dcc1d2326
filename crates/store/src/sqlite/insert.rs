//! Multi-row inserts: one statement for many rows, few statement texts.

use sqlx::sqlite::{SqliteArguments, SqliteConnection};
use sqlx::{Arguments, AssertSqlSafe};

/// Most rows of a statement; with 18 columns it stays below the 32,766 values that SQLite binds.
const MOST_ROWS: usize = 1024;

/// Where rows go.
pub(super) struct Insert {
    /// `INSERT INTO table (columns) VALUES`, or its `OR IGNORE` form.
    pub(super) into: &'static str,
    /// Number of columns.
    pub(super) columns: usize,
    /// What follows the values, such as `ON CONFLICT …`.
    pub(super) then: &'static str,
}

/// One statement with its values, ready to run.
pub(super) struct Statement {
    text: String,
    values: SqliteArguments,
}

/// Values of the rows of one statement.
pub(super) struct Values(SqliteArguments);

impl Insert {
    /// Splits rows over statements. Each holds a power of two of rows, so that few texts are prepared and kept.
    pub(super) fn statements<T>(
        &self,
        rows: impl IntoIterator<Item = T, IntoIter: ExactSizeIterator>,
        mut bind: impl FnMut(&mut Values, T),
    ) -> Vec<Statement> {
        let mut rows = rows.into_iter();
        let mut statements = Vec::new();
        while rows.len() > 0 {
            let count = MOST_ROWS.min(1 << rows.len().ilog2());
            let mut values = Values(SqliteArguments::default());
            values.0.reserve(count * self.columns, 0);
            rows.by_ref().take(count).for_each(|row| bind(&mut values, row));
            statements.push(Statement { text: self.text(count), values: values.0 });
        }
        statements
    }

    fn text(&self, rows: usize) -> String {
        let row = format!("({})", vec!["?"; self.columns].join(","));
        format!("{} {} {}", self.into, vec![row; rows].join(","), self.then)
    }
}

/// Runs statements in order.
pub(super) async fn run(conn: &mut SqliteConnection, statements: Vec<Statement>) -> Result<(), sqlx::Error> {
    for Statement { text, values } in statements {
        sqlx::query_with(AssertSqlSafe(text), values).execute(&mut *conn).await?;
    }
    Ok(())
}

impl Values {
    /// The next value is text.
    pub(super) fn text(&mut self, text: &str) {
        self.add(text);
    }

    /// The next value is text that is not needed any more.
    pub(super) fn owned(&mut self, text: String) {
        self.add(text);
    }

    /// The next value is text or null.
    pub(super) fn optional_text(&mut self, text: Option<&str>) {
        self.add(text);
    }

    /// The next value is an integer.
    pub(super) fn integer(&mut self, integer: i64) {
        self.add(integer);
    }

    /// The next value is an integer or null.
    pub(super) fn optional_integer(&mut self, integer: Option<i64>) {
        self.add(integer);
    }

    /// The next value is bytes.
    pub(super) fn bytes(&mut self, bytes: Vec<u8>) {
        self.add(bytes);
    }

    fn add<'t>(&mut self, value: impl sqlx::Encode<'t, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>) {
        self.0.add(value).expect("text, integers and bytes always encode");
    }
}
