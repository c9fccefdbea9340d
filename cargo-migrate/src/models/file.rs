//! Walks the items of a Rust file, also in its inline modules, and hands each to the reader of its
//! dialect. Test modules and function bodies are left out.

use std::{path::Path, sync::Arc};

use syn::{
    Attribute, Fields, Item, ItemEnum, ItemMacro, ItemMod, ItemStruct, UseTree, ext::IdentExt as _,
};

use super::{
    attrs::syntax,
    derives,
    diesel::{self, Joinable},
    error::Error,
    fragment::Fragment,
    plain, rust_type,
    sea_orm::{self, ActiveEnum},
    site::SourceText,
    value::{Alias, Base, DataType, EnumType, ForeignKey, Found},
};

/// Reads one file.
pub(crate) fn read(source: &Arc<SourceText>, found: &mut Found) -> Result<(), Error> {
    let file =
        syn::parse_file(&without_shebang(&source.text)).map_err(|error| syntax(source, &error))?;
    let mut walk = Walk {
        source,
        found,
        joinables: Vec::new(),
        db_enums: Vec::new(),
    };
    walk.items(&file.items, &module_of(&source.file))?;
    walk.finish()
}

/// Blanks out a `#!` line, so that offsets stay.
fn without_shebang(text: &str) -> String {
    let end = text.find('\n').unwrap_or(text.len());
    let is_shebang = text.starts_with("#!") && !text[2..end].trim_start().starts_with('[');
    if is_shebang {
        format!("{}{}", " ".repeat(end), &text[end..])
    } else {
        text.to_owned()
    }
}

/// The module that a file is: its stem, or its folder for `mod.rs`.
fn module_of(file: &Path) -> String {
    let stem = |path: &Path| path.file_stem().map(|s| s.to_string_lossy().into_owned());
    match stem(file) {
        Some(stem) if stem != "mod" => stem,
        Some(_) | None => file.parent().and_then(stem).unwrap_or_default(),
    }
}

struct Walk<'a> {
    source: &'a Arc<SourceText>,
    found: &'a mut Found,
    joinables: Vec<Joinable>,
    db_enums: Vec<(EnumType, String)>,
}

impl Walk<'_> {
    fn items(&mut self, items: &[Item], module: &str) -> Result<(), Error> {
        let foreign = foreign_derives(items);
        let first_table = self.found.tables.len();
        let mut relations = Vec::new();
        for item in items {
            match item {
                Item::Struct(item) => self.read_struct(item, module, &foreign)?,
                Item::Enum(item) => self.read_enum(item, &foreign, &mut relations)?,
                Item::Macro(item) => self.read_macro(item)?,
                Item::Type(item) => {
                    let rust = self.name(&item.ident);
                    let data_type = rust_type::data_type(self.source, &item.ty);
                    self.found.aliases.push(Alias { rust, data_type });
                }
                Item::Mod(item) if !is_test(&item.attrs) => self.read_module(item)?,
                _ => {}
            }
        }
        self.add_relations(relations, first_table, module)
    }

    fn read_module(&mut self, item: &ItemMod) -> Result<(), Error> {
        match &item.content {
            Some((_, items)) => self.items(items, &item.ident.unraw().to_string()),
            None => Ok(()),
        }
    }

    fn name(&self, ident: &syn::Ident) -> Fragment {
        Fragment::of_span(ident.unraw().to_string(), self.source, ident.span())
    }

    fn read_struct(
        &mut self,
        item: &ItemStruct,
        module: &str,
        foreign: &[String],
    ) -> Result<(), Error> {
        let is_ours =
            derives::has_ours(&item.attrs, "Table") && !foreign.iter().any(|n| n == "Table");
        if is_ours {
            let mut table = plain::read_struct(self.source, item)?;
            module.clone_into(&mut table.module);
            self.found.tables.push(table);
        } else if derives::has(&item.attrs, "DeriveEntityModel") {
            let table = sea_orm::read_entity(self.source, item, module)?;
            self.found.tables.push(table);
        } else {
            self.read_other_struct(item)?;
        }
        Ok(())
    }

    /// SQL types, value types and newtypes.
    fn read_other_struct(&mut self, item: &ItemStruct) -> Result<(), Error> {
        let rust = self.name(&item.ident);
        if let Some(alias) = diesel::read_sql_type(self.source, item)? {
            self.found.aliases.push(alias);
        } else if let Some(alias) = sea_orm::read_value_type(self.source, item)? {
            self.found.aliases.push(alias);
        } else if let Fields::Unnamed(fields) = &item.fields
            && fields.unnamed.len() == 1
        {
            let data_type = rust_type::data_type(self.source, &fields.unnamed[0].ty);
            self.found.aliases.push(Alias { rust, data_type });
        } else {
            self.found.strangers.push(rust);
        }
        Ok(())
    }

    fn read_enum(
        &mut self,
        item: &ItemEnum,
        foreign: &[String],
        relations: &mut Vec<ForeignKey>,
    ) -> Result<(), Error> {
        let is_ours =
            derives::has_ours(&item.attrs, "Enum") && !foreign.iter().any(|n| n == "Enum");
        if is_ours {
            let found = plain::read_enum(self.source, item)?;
            self.found.enums.push(found);
        } else if derives::has(&item.attrs, "DeriveActiveEnum") {
            match sea_orm::read_active_enum(self.source, item)? {
                ActiveEnum::Type(found) => self.found.enums.push(found),
                ActiveEnum::Stored(alias) => self.found.aliases.push(alias),
            }
        } else if derives::has(&item.attrs, "DeriveRelation") {
            relations.extend(sea_orm::read_relations(self.source, item)?);
        } else if derives::has(&item.attrs, "DbEnum") {
            self.read_db_enum(item)?;
        } else {
            let rust = self.name(&item.ident);
            self.found.strangers.push(rust);
        }
        Ok(())
    }

    fn read_db_enum(&mut self, item: &ItemEnum) -> Result<(), Error> {
        let found = diesel::read_db_enum(self.source, item)?;
        if found.existing {
            self.db_enums.push((found.found, found.sql_type));
        } else {
            let rust = Fragment::new(&found.sql_type, found.found.rust.site.clone());
            self.found.aliases.push(Alias {
                data_type: DataType {
                    base: Base::Named(found.found.rust.text.clone()),
                    dimensions: 0,
                    site: rust.site.clone(),
                },
                rust,
            });
            self.found.enums.push(found.found);
        }
        Ok(())
    }

    fn read_macro(&mut self, item: &ItemMacro) -> Result<(), Error> {
        let Some(last) = item.mac.path.segments.last() else {
            return Ok(());
        };
        match last.ident.to_string().as_str() {
            "table" => {
                let table = diesel::read_table(self.source, &item.mac.tokens)?;
                self.found.tables.push(table);
            }
            "joinable" => {
                let joinable = diesel::read_joinable(self.source, &item.mac.tokens)?;
                self.joinables.push(joinable);
            }
            _ => {}
        }
        Ok(())
    }

    /// A `Relation` enum belongs to the entity of its module.
    fn add_relations(
        &mut self,
        relations: Vec<ForeignKey>,
        first_table: usize,
        module: &str,
    ) -> Result<(), Error> {
        let Some(first) = relations.first() else {
            return Ok(());
        };
        let mut tables = self.found.tables[first_table..].iter_mut();
        let Some(table) = tables.find(|table| table.module == module) else {
            return Err(
                Error::at(&first.site, "the relation has no entity beside it")
                    .hint("keep the `Relation` enum in the module of its `Model`"),
            );
        };
        table.foreign_keys.extend(relations);
        Ok(())
    }

    /// Adds the keys of `joinable!`, which may stand in any order beside the tables.
    fn finish(self) -> Result<(), Error> {
        for joinable in self.joinables {
            let mut tables = self.found.tables.iter_mut();
            let child = tables.find(|table| table.rust.text == joinable.child.text);
            let Some(child) = child else {
                let name = &joinable.child.text;
                return Err(Error::at(
                    &joinable.child.site,
                    format!("`joinable!` names a table `{name}` that no `table!` declares"),
                ));
            };
            child.foreign_keys.push(joinable.key);
        }
        self.found.sql_type_enums.extend(self.db_enums);
        Ok(())
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        syn::Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        _ => false,
    })
}

/// The derives `Table` and `Enum` that are imported from another crate than ours.
fn foreign_derives(items: &[Item]) -> Vec<String> {
    let mut names = Vec::new();
    for item in items {
        if let Item::Use(item) = item {
            imported(&item.tree, None, &mut names);
        }
    }
    names
}

fn imported(tree: &UseTree, first: Option<&str>, names: &mut Vec<String>) {
    let is_foreign = first.is_some_and(|first| {
        !first.starts_with("build_support") && !["crate", "self", "super"].contains(&first)
    });
    match tree {
        UseTree::Path(path) => {
            let own = path.ident.to_string();
            imported(&path.tree, first.or(Some(&own)), names);
        }
        UseTree::Group(group) => {
            for tree in &group.items {
                imported(tree, first, names);
            }
        }
        UseTree::Name(name) if is_foreign => names.push(name.ident.to_string()),
        UseTree::Rename(rename) if is_foreign => names.push(rename.rename.to_string()),
        UseTree::Name(_) | UseTree::Rename(_) | UseTree::Glob(_) => {}
    }
}
