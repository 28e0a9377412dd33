//! `barker demo` and `--demo`: a made-up shop that fills a project, so that a newcomer finds something to look at.

mod login;

use std::{path::Path, sync::Arc};

use barker_app::{
    App, ProjectHandle,
    demo::{self, Demo, Progress, Shop, Told, USUAL},
};
use barker_domain::Result;
use indicatif::{HumanCount, ProgressBar, ProgressStyle};

pub(super) use login::Login;

use super::{
    Common,
    migrate::occupied,
    serve::{new_sandbox, start_for_command},
    table::say,
};
use crate::{
    config::Config,
    control::{self, WantedDemo},
    data_dir::OwnedDataDir,
};

/// Options of `barker demo`.
#[derive(Debug, clap::Args)]
pub(super) struct DemoArgs {
    #[command(flatten)]
    common: Common,
    /// Days of its past, today included.
    #[arg(long, value_name = "N", default_value_t = USUAL.days, value_parser = clap::value_parser!(u32).range(1..=i64::from(demo::MAX_DAYS)))]
    days: u32,
    /// Orders of a usual day; everything else grows with them.
    #[arg(long, value_name = "M", default_value_t = USUAL.shop.orders_per_day,
        value_parser = clap::value_parser!(u32).range(1..=i64::from(demo::MAX_ORDERS_PER_DAY)))]
    orders_per_day: u32,
    /// Where all chance comes from; another seed is another shop of the same kind.
    #[arg(long, value_name = "S", default_value_t = USUAL.shop.seed)]
    seed: u64,
    /// The project: its id, its alias or its name. Not needed where there is only one; where there is none, a sandbox is made.
    #[arg(long, value_name = "PROJECT", default_value = "")]
    project: String,
}

pub(super) async fn run(args: DemoArgs) -> Result<()> {
    let shop = Shop { seed: args.seed, orders_per_day: args.orders_per_day };
    let wanted = WantedDemo { project: args.project, demo: Demo { shop, days: args.days } };
    let (told, bar) = told();
    let done = carry_out(&args.common, &wanted, &told).await;
    bar.finish_and_clear();
    say(&format!("{}; it goes on by itself while a server runs", done?));
    Ok(())
}

/// By the running server, or here.
async fn carry_out(common: &Common, wanted: &WantedDemo, told: &Told) -> Result<String> {
    let config = common.config()?;
    if let Some(done) = control::find_demo(&config.storage.data_dir, wanted, told).await? {
        return Ok(done);
    }
    let _owned = OwnedDataDir::acquire(&config.storage.data_dir)?.ok_or_else(occupied)?;
    let app = start_for_command(&config).await?;
    let done = tell(&app, wanted, told).await;
    app.shut_down().await?;
    done
}

async fn tell(app: &App, wanted: &WantedDemo, told: &Told) -> Result<String> {
    let project = wanted.project(app).await?;
    let rows = demo::tell_now(app, &project, wanted.demo, Arc::clone(told)).await?;
    Ok(format!("{} days are told, {} rows", wanted.demo.days, HumanCount(rows)))
}

fn told() -> (Told, ProgressBar) {
    let bar = ProgressBar::no_length();
    let style = ProgressStyle::with_template("days {wide_bar} {pos}/{len}  {msg}  {eta}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let shown = bar.clone();
    let told = move |Progress { days, total_days, rows }: Progress| {
        shown.set_length(total_days);
        shown.set_position(days);
        shown.set_message(format!("{} rows", HumanCount(rows)));
    };
    (Arc::new(told), bar)
}

/// The sandbox that requests without a key speak to, made with the shop's past when it is not there.
pub(super) async fn open_project(app: &App, config: &Config) -> Result<Arc<ProjectHandle>> {
    demo::open_sandbox(app, new_sandbox(app, config.serving.open_project.clone()), USUAL).await
}

/// What the demo needs to show itself: the shop in the project, and somebody who may look at it.
pub(super) async fn prepare(app: &App, project: &Arc<ProjectHandle>, data_dir: &Path) -> Result<Option<Login>> {
    demo::ensure(app, project, USUAL).await?;
    login::prepare(app, project.id(), data_dir).await
}

/// Tells a newcomer where to look.
#[expect(clippy::print_stderr, reason = "the command line speaks to people")]
pub(super) fn show_where_to_go(address: &str, login: Option<&Login>) {
    let login = login.map_or_else(String::new, |Login { email, password }| {
        format!("  log in as                  {email}\n    with the password          {password}   (unless you changed it)\n  ")
    });
    eprintln!(
        "\n  Barker is running with a demo shop: 90 days of its business, which fill in within seconds, and each hour that comes.\n  \
         Its sandbox is open on this machine: it asks for no key.\n\n  \
         Console                      {address}\n  {login}\
         API, to try in the browser   {address}/docs\n  \
         Advertisers                  {address}/advertisers\n  \
         Metrics                      {address}/metrics\n\n  \
         Stop it with Ctrl-C. Recount everything with: barker audit\n"
    );
}
