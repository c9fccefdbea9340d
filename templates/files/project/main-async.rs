build_support::migrations!().run_async(&mut client).await?;
