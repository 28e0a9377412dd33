//! The scoreboard for people (tables) and for programs (JSON).

use std::{
    io::{self, Write},
    path::Path,
};

use comfy_table::{Cell, CellAlignment, Color, Table, presets::UTF8_FULL_CONDENSED};

use super::{PlayError, scoreboard::Scoreboard};

/// Differences that are printed; the JSON holds all of them.
const MAX_PRINTED_DIFFERENCES: usize = 40;

/// Prints the tables and writes the JSON; the tables make way for JSON on standard output.
#[expect(clippy::print_stdout, reason = "the command's answer to the person who typed it")]
pub(super) fn publish(scoreboard: &Scoreboard, json: Option<&Path>) -> Result<(), PlayError> {
    let text = text(scoreboard);
    let Some(path) = json else {
        print!("{text}");
        return Ok(());
    };
    let written = if path == Path::new("-") {
        eprint!("{text}");
        json_text(scoreboard).and_then(|json| io::stdout().write_all(&json))
    } else {
        print!("{text}");
        json_text(scoreboard).and_then(|json| std::fs::write(path, json))
    };
    written.map_err(|source| PlayError::Report { path: path.into(), source })
}

fn json_text(scoreboard: &Scoreboard) -> io::Result<Vec<u8>> {
    let mut text = serde_json::to_vec_pretty(scoreboard)?;
    text.push(b'\n');
    Ok(text)
}

fn text(scoreboard: &Scoreboard) -> String {
    let mut parts = vec![score_table(scoreboard).to_string()];
    if !scoreboard.mistargeted.is_empty() {
        parts.push(format!("Shows outside their targeting, the first of them:\n{}", mistargeted_table(scoreboard)));
    }
    if !scoreboard.differences.is_empty() {
        parts.push(format!("Numbers that should be equal:\n{}", differences_table(scoreboard)));
    }
    let unprinted = scoreboard.differences.len().saturating_sub(MAX_PRINTED_DIFFERENCES);
    if unprinted > 0 {
        parts.push(format!("... and {unprinted} more; --json holds them all"));
    }
    parts.extend(notes(scoreboard));
    parts.push(if scoreboard.passed { "PASSED".to_owned() } else { format!("FAILED: {}", scoreboard.failures.join(", ")) });
    parts.join("\n") + "\n"
}

/// What explains a result without being a fault of the server.
fn notes(scoreboard: &Scoreboard) -> Vec<String> {
    let mut notes = Vec::new();
    if scoreboard.foreign_ads > 0 {
        notes.push(format!(
            "{} ads were not of this run: the server was not fresh, and totals of advertisers may differ.",
            scoreboard.foreign_ads
        ));
    }
    let lost = scoreboard.troubles.lost_answers_count;
    if lost > 0 {
        notes.push(format!("{lost} answers were lost on the way: the server may count as many events that nobody was told of."));
    }
    notes
}

fn score_table(scoreboard: &Scoreboard) -> Table {
    let troubles = &scoreboard.troubles;
    let mut table = new_table(["measure", "value", "must be"]);
    let must_be_zero = [
        ("5xx answers", troubles.error_5xx_count),
        ("404 answers about what exists", troubles.error_404_elsewhere_count),
        ("answers that the contract does not know", troubles.unexpected_answers_count),
        ("shows outside targeting or flight", scoreboard.not_matching_targeting_count),
        ("impressions above their limit", scoreboard.exceed_impressions_limit_count.unsigned_abs()),
        ("differences", scoreboard.differences.len() as u64),
    ];
    for (measure, count) in must_be_zero {
        let color = if count == 0 { Color::Green } else { Color::Red };
        table.add_row([Cell::new(measure), number(count).fg(color), number(0)]);
    }
    for (measure, value) in measures(scoreboard) {
        table.add_row([Cell::new(measure), number(value), Cell::new("")]);
    }
    table
}

fn measures(scoreboard: &Scoreboard) -> Vec<(&'static str, String)> {
    let troubles = &scoreboard.troubles;
    vec![
        ("unique impressions", scoreboard.total_unique_impressions.to_string()),
        ("shows, repeated ones included", scoreboard.shows_count.to_string()),
        ("nothing to show (404)", (troubles.error_404_count - troubles.error_404_elsewhere_count).to_string()),
        ("ads that are not of this run", scoreboard.foreign_ads.to_string()),
        ("unique clicks", scoreboard.total_unique_clicks.to_string()),
        ("of those billable", scoreboard.billable_clicks.to_string()),
        ("average ML score", format!("{:.2}", scoreboard.average_ml_score)),
        ("revenue", scoreboard.revenue.to_string()),
        ("revenue as reported", scoreboard.reported_revenue.to_string()),
        ("mean relative error of impressions", format!("{:.6}", scoreboard.impressions_count_mean_relative_error)),
        ("response time of GET /ads, mean, ms", format!("{:.3}", scoreboard.average_response_time_ms)),
        ("  p50", format!("{:.3}", scoreboard.response_time_ms_p50)),
        ("  p99", format!("{:.3}", scoreboard.response_time_ms_p99)),
        ("price changes refused", troubles.refused_changes_count.to_string()),
        ("503 waited for", troubles.busy_answers_count.to_string()),
        ("transport errors", troubles.transport_errors_count.to_string()),
        ("answers lost", troubles.lost_answers_count.to_string()),
    ]
}

fn mistargeted_table(scoreboard: &Scoreboard) -> Table {
    let mut table = new_table(["day", "client", "campaign", "reason"]);
    for show in &scoreboard.mistargeted {
        table.add_row([show.day.to_string(), show.client_id.to_string(), show.campaign_id.to_string(), show.reason.to_owned()]);
    }
    table
}

fn differences_table(scoreboard: &Scoreboard) -> Table {
    let mut table = new_table(["rule", "id", "day", "field", "expected", "reported"]);
    for difference in scoreboard.differences.iter().take(MAX_PRINTED_DIFFERENCES) {
        table.add_row([
            Cell::new(difference.rule),
            Cell::new(difference.id),
            number(difference.day.map_or_else(|| "total".to_owned(), |day| day.to_string())),
            Cell::new(difference.field),
            number(difference.expected),
            number(difference.reported),
        ]);
    }
    table
}

fn new_table<const COLUMNS: usize>(header: [&str; COLUMNS]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header(header);
    table
}

fn number(value: impl std::fmt::Display) -> Cell {
    Cell::new(value).set_alignment(CellAlignment::Right)
}
