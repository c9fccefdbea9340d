// After the connection is made, and before anything is served:
let report = build_support::migrations!().run_async(&mut client).await?;
