let mut client = postgres::Client::connect(&url, postgres::NoTls)?;
build_support::migrations!().run(&mut client)?;
