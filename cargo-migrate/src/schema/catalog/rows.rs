//! Turns the rows of each query into objects.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::assemble::Assembly;
use crate::schema::model::{
    Body, Column, Constraint, Expression, Grant, Kind, NotCompared, ObjectId, Sequence, View,
};

type Taken = Result<(), serde_json::Error>;

/// The part that every row has: which object it is about.
#[derive(Deserialize)]
struct Head {
    oid: u32,
    schema: String,
    #[serde(default)]
    parent: String,
    name: String,
    #[serde(default)]
    args: String,
}

impl Head {
    fn id(&self, kind: Kind) -> ObjectId {
        ObjectId {
            kind,
            schema: self.schema.clone(),
            parent: self.parent.clone(),
            name: self.name.clone(),
            args: self.args.clone(),
        }
    }
}

/// Takes over rows that are one object each.
fn each<T: DeserializeOwned>(
    assembly: &mut Assembly,
    rows: &[&str],
    class: &str,
    object: impl Fn(T) -> (Kind, Body),
) -> Taken {
    for row in rows {
        let head: Head = serde_json::from_str(row)?;
        let (kind, body) = object(serde_json::from_str(row)?);
        let address = assembly.at(class, head.oid);
        assembly.add(address, head.id(kind), body);
    }
    Ok(())
}

#[derive(Deserialize)]
struct Nothing {}

pub(super) fn schemas(assembly: &mut Assembly, rows: &[&str]) -> Taken {
    each(assembly, rows, "pg_namespace", |_: Nothing| {
        (Kind::Schema, Body::Schema)
    })
}

pub(super) fn extensions(assembly: &mut Assembly, rows: &[&str]) -> Taken {
    each(assembly, rows, "pg_extension", |e| {
        (Kind::Extension, Body::Extension(e))
    })
}

pub(super) fn enums(assembly: &mut Assembly, rows: &[&str]) -> Taken {
    each(assembly, rows, "pg_type", |e| (Kind::Enum, Body::Enum(e)))
}

pub(super) fn composites(assembly: &mut Assembly, rows: &[&str]) -> Taken {
    each(assembly, rows, "pg_class", |c| {
        (Kind::Composite, Body::Composite(c))
    })
}

pub(super) fn domains(assembly: &mut Assembly, rows: &[&str]) -> Taken {
    each(assembly, rows, "pg_type", |d| {
        (Kind::Domain, Body::Domain(d))
    })
}

pub(super) fn domain_constraints(assembly: &mut Assembly, rows: &[&str]) -> Taken {
    each(assembly, rows, "pg_constraint", |c| {
        (Kind::DomainConstraint, Body::Constraint(Box::new(c)))
    })
}

pub(super) fn sequences(assembly: &mut Assembly, rows: &[&str]) -> Taken {
    for row in rows {
        let head: Head = serde_json::from_str(row)?;
        let sequence: Sequence = serde_json::from_str(row)?;
        let id = head.id(Kind::Sequence);
        if let Some(column) = sequence.owned_by.clone().filter(|_| !sequence.identity) {
            assembly.own(id.clone(), column);
        }
        let address = assembly.at("pg_class", head.oid);
        assembly.add(address, id, Body::Sequence(sequence));
    }
    Ok(())
}

pub(super) fn tables(assembly: &mut Assembly, rows: &[&str]) -> Taken {
    each(assembly, rows, "pg_class", |t| {
        (Kind::Table, Body::Table(Box::new(t)))
    })
}

pub(super) fn columns(assembly: &mut Assembly, rows: &[&str]) -> Taken {
    let (columns, defaults) = (assembly.class("pg_class"), assembly.class("default"));
    for row in rows {
        let head: Head = serde_json::from_str(row)?;
        let mut column: Column = serde_json::from_str(row)?;
        let number = i32::from(column.position);
        let default = match column.generated.as_str() {
            "" => column.expression.take(),
            _ => None,
        };
        let id = head.id(Kind::Column);
        let default = default.map(|expression| {
            let body = Body::Default(Expression { expression });
            (id.with_kind(Kind::Default), body)
        });
        let body = Body::Column(Box::new(column));
        let column = assembly.add((columns, head.oid, number), id, body);
        let expression_at = (defaults, head.oid, number);
        match default {
            Some((id, body)) => drop(assembly.add(expression_at, id, body)),
            // The expression of a generated column is the column's own: its edges count for it.
            None => assembly.locate(expression_at, column),
        }
    }
    Ok(())
}

#[derive(Deserialize)]
struct Places {
    index_oid: Option<u32>,
    table_oid: u32,
    column_numbers: Vec<i32>,
}

pub(super) fn constraints(assembly: &mut Assembly, rows: &[&str]) -> Taken {
    let columns = assembly.class("pg_class");
    for row in rows {
        let head: Head = serde_json::from_str(row)?;
        let places: Places = serde_json::from_str(row)?;
        let mut constraint: Constraint = serde_json::from_str(row)?;
        let numbers = places.column_numbers.into_iter();
        constraint.columns = numbers
            .filter_map(|number| assembly.name_of((columns, places.table_oid, number)))
            .collect();
        let id = head.id(Kind::Constraint);
        let address = assembly.at("pg_constraint", head.oid);
        let object = assembly.add(address, id, Body::Constraint(Box::new(constraint)));
        if let Some(oid) = places.index_oid {
            assembly.locate((columns, oid, 0), object);
        }
    }
    Ok(())
}

pub(super) fn indexes(assembly: &mut Assembly, rows: &[&str]) -> Taken {
    each(assembly, rows, "pg_class", |i| {
        (Kind::Index, Body::Index(Box::new(i)))
    })
}

pub(super) fn views(assembly: &mut Assembly, rows: &[&str]) -> Taken {
    for row in rows {
        let head: Head = serde_json::from_str(row)?;
        let view: View = serde_json::from_str(row)?;
        let kind = if view.materialized {
            Kind::MaterializedView
        } else {
            Kind::View
        };
        let address = assembly.at("pg_class", head.oid);
        assembly.add(address, head.id(kind), Body::View(Box::new(view)));
    }
    Ok(())
}

#[derive(Deserialize)]
struct ViewDefault {
    position: i32,
    expression: String,
}

pub(super) fn view_defaults(assembly: &mut Assembly, rows: &[&str]) -> Taken {
    for row in rows {
        let head: Head = serde_json::from_str(row)?;
        let default: ViewDefault = serde_json::from_str(row)?;
        let body = Body::Default(Expression {
            expression: default.expression,
        });
        let class = assembly.class("default");
        let address = (class, head.oid, default.position);
        assembly.add(address, head.id(Kind::Default), body);
    }
    Ok(())
}

pub(super) fn routines(assembly: &mut Assembly, rows: &[&str]) -> Taken {
    each(assembly, rows, "pg_proc", |r| {
        (Kind::Routine, Body::Routine(Box::new(r)))
    })
}

pub(super) fn aggregates(assembly: &mut Assembly, rows: &[&str]) -> Taken {
    each(assembly, rows, "pg_proc", |p| {
        (Kind::Aggregate, Body::Plain(p))
    })
}

pub(super) fn triggers(assembly: &mut Assembly, rows: &[&str]) -> Taken {
    each(assembly, rows, "pg_trigger", |p| {
        (Kind::Trigger, Body::Plain(p))
    })
}

pub(super) fn rules(assembly: &mut Assembly, rows: &[&str]) -> Taken {
    each(assembly, rows, "pg_rewrite", |p| {
        (Kind::Rule, Body::Plain(p))
    })
}

pub(super) fn event_triggers(assembly: &mut Assembly, rows: &[&str]) -> Taken {
    each(assembly, rows, "pg_event_trigger", |p| {
        (Kind::EventTrigger, Body::Plain(p))
    })
}

pub(super) fn policies(assembly: &mut Assembly, rows: &[&str]) -> Taken {
    each(assembly, rows, "pg_policy", |p| {
        (Kind::Policy, Body::Policy(p))
    })
}

pub(super) fn statistics(assembly: &mut Assembly, rows: &[&str]) -> Taken {
    each(assembly, rows, "pg_statistic_ext", |s| {
        (Kind::Statistics, Body::Statistics(s))
    })
}

#[derive(Deserialize)]
struct SaidKind {
    class: String,
    kind: String,
}

/// Takes over objects that say their kind themselves.
fn of_said_kind<T: DeserializeOwned>(
    assembly: &mut Assembly,
    rows: &[&str],
    body: impl Fn(T) -> Body,
) -> Taken {
    for row in rows {
        let head: Head = serde_json::from_str(row)?;
        let said: SaidKind = serde_json::from_str(row)?;
        if let Some(kind) = Kind::ALL.iter().find(|kind| kind.noun() == said.kind) {
            let body = body(serde_json::from_str(row)?);
            let address = assembly.at(&said.class, head.oid);
            assembly.add(address, head.id(*kind), body);
        }
    }
    Ok(())
}

pub(super) fn plain_objects(assembly: &mut Assembly, rows: &[&str]) -> Taken {
    of_said_kind(assembly, rows, Body::Plain)
}

pub(super) fn foreign_objects(assembly: &mut Assembly, rows: &[&str]) -> Taken {
    of_said_kind(assembly, rows, Body::Foreign)
}

#[derive(Deserialize)]
struct Seen {
    kind: String,
    name: String,
}

pub(super) fn not_compared(assembly: &mut Assembly, rows: &[&str]) -> Taken {
    for row in rows {
        let seen: Seen = serde_json::from_str(row)?;
        assembly.not_compared(NotCompared {
            kind: seen.kind,
            name: seen.name,
        });
    }
    Ok(())
}

#[derive(Deserialize)]
struct Alias {
    class: String,
    oid: u32,
    of_class: String,
    of_oid: u32,
    of_sub: i32,
}

pub(super) fn aliases(assembly: &mut Assembly, rows: &[&str]) -> Taken {
    for row in rows {
        let alias: Alias = serde_json::from_str(row)?;
        let from = assembly.class(&alias.class);
        let to = assembly.class(&alias.of_class);
        assembly.alias((from, alias.oid), (to, alias.of_oid, alias.of_sub));
    }
    Ok(())
}

/// The edges between the rows of two catalogs.
#[derive(Deserialize)]
struct Edges {
    class: String,
    ref_class: String,
    oids: Vec<u32>,
    subs: Vec<i32>,
    ref_oids: Vec<u32>,
    ref_subs: Vec<i32>,
}

pub(super) fn dependencies(assembly: &mut Assembly, rows: &[&str]) -> Taken {
    for row in rows {
        let edges: Edges = serde_json::from_str(row)?;
        let class = assembly.class(&edges.class);
        let ref_class = assembly.class(&edges.ref_class);
        let of = edges.oids.into_iter().zip(edges.subs);
        let on = edges.ref_oids.into_iter().zip(edges.ref_subs);
        for ((oid, sub), (ref_oid, ref_sub)) in of.zip(on) {
            assembly.edge((class, oid, sub), (ref_class, ref_oid, ref_sub));
        }
    }
    Ok(())
}

#[derive(Deserialize)]
struct CommentRow {
    class: String,
    oid: u32,
    sub: i32,
    text: String,
    #[serde(default)]
    view_column: Option<(String, String, String)>,
}

pub(super) fn comments(assembly: &mut Assembly, rows: &[&str]) -> Taken {
    for row in rows {
        let comment: CommentRow = serde_json::from_str(row)?;
        match &comment.view_column {
            Some((schema, relation, column)) => {
                let id = ObjectId::of(Kind::Column, schema, relation, column);
                assembly.comment_on(id, comment.text);
            }
            None => {
                let class = assembly.class(&comment.class);
                assembly.comment((class, comment.oid, comment.sub), comment.text);
            }
        }
    }
    Ok(())
}

#[derive(Deserialize)]
struct GrantRow {
    class: String,
    oid: u32,
    sub: i32,
    part_of: Option<(String, String, String)>,
}

pub(super) fn grants(assembly: &mut Assembly, rows: &[&str]) -> Taken {
    for row in rows {
        let on: GrantRow = serde_json::from_str(row)?;
        let grant: Grant = serde_json::from_str(row)?;
        match &on.part_of {
            Some((schema, relation, column)) => {
                assembly.grant_on(ObjectId::of(Kind::Column, schema, relation, column), grant);
            }
            None => {
                let class = assembly.class(&on.class);
                assembly.grant(&(class, on.oid, on.sub), grant);
            }
        }
    }
    Ok(())
}

pub(super) fn default_privileges(assembly: &mut Assembly, rows: &[&str]) -> Taken {
    each(assembly, rows, "pg_default_acl", |p| {
        (Kind::DefaultPrivileges, Body::Plain(p))
    })
}

#[derive(Deserialize)]
struct Shadow {
    name: String,
}

pub(super) fn shadows(assembly: &mut Assembly, rows: &[&str]) -> Taken {
    for row in rows {
        let shadow: Shadow = serde_json::from_str(row)?;
        assembly.shadow(shadow.name);
    }
    Ok(())
}
