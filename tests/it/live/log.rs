//! A session's log: a line of JSON for each thing that happened.

use serde_json::Value;

use super::{LOCKSTEP, deployed, done, files_below, live};
use crate::support::exchange::start;
use crate::support::project::Project;

/// Looks until some line is as wanted: what happens is written down at once.
pub(super) fn wait_for(project: &Project, wanted: impl Fn(&Value) -> bool) {
    while !lines(project).iter().any(&wanted) {
        std::thread::yield_now();
    }
}

/// The lines of the logs of all sessions, in their order.
pub(super) fn lines(project: &Project) -> Vec<Value> {
    let files = files_below(project.path());
    let logs = files.iter().filter(|file| file.extension().is_some_and(|end| end == "jsonl"));
    let text: String = logs.map(|log| std::fs::read_to_string(log).expect("text")).collect();
    // The last line may be half written.
    let whole = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    whole.map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
}

#[test]
fn a_session_logs_its_states_connections_and_orders_with_their_fields() {
    let (project, _) = deployed();
    let exchange = start(&project, &LOCKSTEP);
    let done = done(live(&project, &exchange, &["--lockstep"]));
    assert_eq!(done.code, 0, "{}", done.stderr);
    let said: Value = serde_json::from_str(&done.stdout).expect("JSON");
    let lines = lines(&project);
    let of =
        |message: &str| -> Vec<&Value> { lines.iter().filter(|line| line["message"] == message).collect() };

    let states: Vec<&str> = of("state").iter().map(|line| line["state"].as_str().expect("a word")).collect();
    assert!(states.contains(&"trading") && states.last() == Some(&"stopping"), "{states:?}");
    let connected: Vec<&Value> = of("connected").iter().map(|line| &line["line"]).collect();
    assert!(connected.contains(&&"market".into()) && connected.contains(&&"trading".into()), "{connected:?}");
    let (given, filled) = (of("order given"), of("order filled"));
    let count = |name: &str| said["counters"][name].as_u64().expect("a number");
    assert_eq!((given.len() as u64, filled.len() as u64), (count("orders"), count("fills")));
    for (given, filled) in given.iter().zip(&filled) {
        for field in ["order", "instrument", "side", "qty"] {
            assert_eq!(given[field], filled[field], "{given} {filled}");
        }
        assert_eq!((&given["level"], &given["target"]), (&"INFO".into(), &"wb_live::session::log".into()));
    }
    assert_eq!(filled[0]["instrument"], "binance:NEARUSDT");
    let others = lines.iter().find(|line| {
        !line["target"]
            .as_str()
            .is_some_and(|target| ["wb_live", "workbench"].iter().any(|own| target.starts_with(own)))
    });
    assert_eq!(others, None, "libraries are not heard");
}
