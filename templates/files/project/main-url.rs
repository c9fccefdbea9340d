// Before anything is served; it opens a connection of its own:
let report = build_support::migrations!().connect(&url)?.run()?;
