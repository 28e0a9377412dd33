//! A sheet: a dashboard or a saved report, which people keep under a name. What it says is JSON; whoever answers reports reads it.

use serde_json::Value;
use uuid::Uuid;

use crate::{FieldError, UserId, text};

/// Most dashboards of a project.
pub const MAX_DASHBOARDS: u64 = 200;
/// Most saved reports of a project.
pub const MAX_SAVED_REPORTS: u64 = 1_000;
/// Most working links to one dashboard.
pub const MAX_LINKS: u64 = 20;
/// Longest content, in bytes of JSON: fifty widgets with room to spare.
pub const MAX_CONTENT_BYTES: usize = 256 * 1024;

/// What kind of sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SheetKind {
    /// Widgets on a grid.
    Dashboard,
    /// One question.
    SavedReport,
}

impl SheetKind {
    /// Most of them in a project.
    #[must_use]
    pub fn max_per_project(self) -> u64 {
        match self {
            Self::Dashboard => MAX_DASHBOARDS,
            Self::SavedReport => MAX_SAVED_REPORTS,
        }
    }
}

/// What somebody decides about a sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetTerms {
    /// What people call it.
    pub name: String,
    /// What it shows; of its kind's shape.
    pub content: Value,
}

/// A sheet that is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// Made by Barker, unique within the project.
    pub id: Uuid,
    /// What was decided about it.
    pub terms: SheetTerms,
    /// Grows with every change, from 1.
    pub version: i32,
    /// Who made it; `None`: Barker.
    pub created_by: Option<UserId>,
    /// Milliseconds UTC.
    pub created_at_ms: i64,
    /// Milliseconds UTC.
    pub updated_at_ms: i64,
}

/// A link by which anybody may look at a dashboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DashboardLink {
    /// Made by Barker.
    pub id: Uuid,
    /// The dashboard.
    pub dashboard_id: Uuid,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// Milliseconds UTC.
    pub created_at_ms: i64,
    /// When it was revoked; `None`: it works.
    pub revoked_at_ms: Option<i64>,
}

impl SheetTerms {
    /// Every field that breaks a rule of all sheets.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        faults.extend(text::fault("/name", &self.name, text::MAX_NAME_CHARS));
        let written = self.content.to_string();
        if written.len() > MAX_CONTENT_BYTES {
            faults.push(FieldError::new("", "length", format!("must not be longer than {MAX_CONTENT_BYTES} bytes")));
        }
        // JSON escapes the character; databases would keep the escape, and text fields must not hold what others refuse.
        if written.contains("\\u0000") {
            faults.push(FieldError::new("", "format", "must not contain the NUL character"));
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_sheet_is_named_bounded_and_storable() {
        let faults = |name: &str, content: Value| SheetTerms { name: name.into(), content }.faults().len();
        assert_eq!(faults("KPI", json!({"widgets": []})), 0);
        assert_eq!(faults(" ", json!({"text": "a\0b"})), 2);
        assert_eq!(faults("KPI", json!({"text": "a".repeat(MAX_CONTENT_BYTES)})), 1);
    }
}
