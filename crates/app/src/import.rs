//! Import: files of facts that others have exported. Rows that can be read are kept, the others are told with their line and
//! what is wrong; running it again changes nothing.
//!
//! A file is read twice: to guess what its columns are and how they are written, as far as that takes, and then from end to end.

mod convert;
mod date;
mod field;
mod guess;
mod history;
mod mapping;
mod preview;
mod reject;
mod run;
mod table;
mod tidy;
mod totals;
mod upload;
mod written;

pub use field::{Field, Kind};
pub use guess::{Format, Sample};
pub use history::{Import, Tally, list};
pub use mapping::{Mapping, Wanted};
pub use preview::{Preview, preview};
pub use reject::{Reject, RejectCode, RejectTable};
pub use run::{Plan, Progress, Summary, Told, run};
pub use tidy::TidyImports;
pub use upload::{ImportUpload, Upload, find_rejects, list_rejects, upload};
