//! Random changes: add, drop, alter and rename objects of every kind.

use super::dice::Dice;
use super::model::{
    Check, Column, ColumnType, Domain, Enum, ForeignKey, Function, Index, Model, Sequence, Table,
    Unique, View,
};

type Change = fn(&mut Model, &mut Dice);

const ADD: &[Change] = &[
    add_table,
    add_table,
    add_column,
    add_column,
    add_column,
    add_column,
    add_enum,
    add_domain,
    add_sequence,
    add_function,
    add_index,
    add_index,
    add_check,
    add_key,
    add_view,
];

const ALTER: &[Change] = &[
    rename_table,
    rename_column,
    rename_column,
    rename_enum,
    rename_index,
    retype_column,
    retype_column,
    toggle_null,
    toggle_default,
    change_comment,
    change_options,
    change_policy,
    change_trigger,
    change_enum,
    change_enum,
    change_domain,
    change_sequence,
    change_function,
    change_index,
    change_check,
    change_key,
    change_view,
];

const DROP: &[Change] = &[
    drop_table,
    drop_column,
    drop_column,
    drop_index,
    drop_check,
    drop_key,
    drop_view,
    drop_function,
    drop_sequence,
    reuse_column_name,
];

/// Makes the schema larger.
pub(super) fn grow(model: &mut Model, dice: &mut Dice) {
    run(ADD, model, dice);
    if dice.one_in(3) {
        run(ALTER, model, dice);
    }
}

/// Changes the schema in any way.
pub(super) fn change(model: &mut Model, dice: &mut Dice) {
    match dice.below(6) {
        0 | 1 => run(ADD, model, dice),
        2..=4 => run(ALTER, model, dice),
        _ => run(DROP, model, dice),
    }
}

fn run(changes: &[Change], model: &mut Model, dice: &mut Dice) {
    let change = dice.pick(changes).expect("a list of changes is not empty");
    change(model, dice);
}

fn fresh(model: &mut Model, kind: &str) -> (u32, String) {
    let number = model.number();
    (number, format!("{kind}{number}"))
}

fn add_table(model: &mut Model, _: &mut Dice) {
    let (id, name) = fresh(model, "table");
    model.tables.push(Table {
        id,
        name,
        columns: Vec::new(),
        indexes: Vec::new(),
        checks: Vec::new(),
        keys: Vec::new(),
        comment: None,
        unlogged: false,
        fillfactor: None,
        policy: None,
        trigger: false,
        statistics: false,
    });
}

fn random_type(model: &Model, dice: &mut Dice) -> ColumnType {
    let mut kinds = vec![
        ColumnType::Int,
        ColumnType::BigInt,
        ColumnType::Text,
        ColumnType::Varchar(10 + dice.below(3) * 10),
        ColumnType::Numeric,
        ColumnType::Boolean,
        ColumnType::Timestamp,
        ColumnType::Json,
        ColumnType::IntArray,
    ];
    kinds.extend(model.enums.iter().map(|one| ColumnType::Enum(one.id)));
    kinds.extend(model.domains.iter().map(|one| ColumnType::Domain(one.id)));
    *dice.pick(&kinds).expect("there are the built-in ones")
}

fn add_column(model: &mut Model, dice: &mut Dice) {
    let kind = random_type(model, dice);
    let (id, name) = fresh(model, "column");
    let (not_null, has_default) = (dice.one_in(3), dice.one_in(3));
    if let Some(table) = dice.pick_mut(&mut model.tables) {
        table.columns.push(Column {
            id,
            name,
            kind,
            not_null,
            has_default,
            comment: None,
        });
    }
}

fn add_enum(model: &mut Model, dice: &mut Dice) {
    let (id, name) = fresh(model, "enum");
    let values = (0..=dice.below(4))
        .map(|number| format!("v{number}"))
        .collect();
    model.enums.push(Enum { id, name, values });
}

fn add_domain(model: &mut Model, dice: &mut Dice) {
    let (id, name) = fresh(model, "domain");
    model.domains.push(Domain {
        id,
        name,
        limit: 10 + dice.below(5),
        not_null: false,
    });
}

fn add_sequence(model: &mut Model, _: &mut Dice) {
    let (_, name) = fresh(model, "sequence");
    model.sequences.push(Sequence { name, increment: 1 });
}

fn add_function(model: &mut Model, _: &mut Dice) {
    let (id, name) = fresh(model, "function");
    model.functions.push(Function {
        id,
        name,
        version: 1,
    });
}

fn add_index(model: &mut Model, dice: &mut Dice) {
    let (_, name) = fresh(model, "index");
    let function = if dice.one_in(4) {
        dice.pick(&model.functions).map(|one| one.id)
    } else {
        None
    };
    let Some(table) = dice.pick_mut(&mut model.tables) else {
        return;
    };
    let indexable = |column: &&Column| column.kind != ColumnType::Json;
    let candidates: Vec<&Column> = table.columns.iter().filter(indexable).collect();
    let Some(first) = dice.pick(&candidates) else {
        return;
    };
    let is_text = matches!(first.kind, ColumnType::Text | ColumnType::Varchar(_));
    let mut columns = vec![first.id];
    if let Some(second) = dice.pick(&candidates)
        && second.id != first.id
    {
        columns.push(second.id);
    }
    let function = function.filter(|_| is_text);
    let unique = match (dice.below(4), function) {
        (0, _) => Unique::Index,
        (1, None) => Unique::Constraint,
        _ => Unique::No,
    };
    let partial = dice.one_in(4);
    table.indexes.push(Index {
        name,
        columns,
        unique,
        partial,
        function,
    });
}

fn add_check(model: &mut Model, dice: &mut Dice) {
    let (_, name) = fresh(model, "check");
    let Some(table) = dice.pick_mut(&mut model.tables) else {
        return;
    };
    let plain = |column: &&Column| {
        matches!(
            column.kind,
            ColumnType::Int | ColumnType::BigInt | ColumnType::Text
        )
    };
    let candidates: Vec<&Column> = table.columns.iter().filter(plain).collect();
    let Some(column) = dice.pick(&candidates).map(|column| column.id) else {
        return;
    };
    table.checks.push(Check {
        name,
        column,
        version: 1,
    });
}

fn add_key(model: &mut Model, dice: &mut Dice) {
    let (_, name) = fresh(model, "key");
    let Some((target, is_unlogged)) = dice
        .pick(&model.tables)
        .map(|table| (table.id, table.unlogged))
    else {
        return;
    };
    let cascade = dice.one_in(2);
    let Some(table) = dice.pick_mut(&mut model.tables) else {
        return;
    };
    let candidates: Vec<u32> = table
        .columns
        .iter()
        .filter(|column| column.kind == ColumnType::BigInt)
        .map(|column| column.id)
        .collect();
    // A logged table must not refer to an unlogged one, here or after a change.
    let is_free = !is_unlogged && !table.unlogged;
    if let Some(&column) = dice.pick(&candidates).filter(|_| is_free) {
        table.keys.push(ForeignKey {
            name,
            column,
            target,
            cascade,
        });
    }
}

fn add_view(model: &mut Model, dice: &mut Dice) {
    let (_, name) = fresh(model, "view");
    let Some(table) = dice.pick(&model.tables) else {
        return;
    };
    let columns: Vec<u32> = table
        .columns
        .iter()
        .map(|column| column.id)
        .filter(|_| dice.one_in(2))
        .collect();
    let (table, materialized) = (table.id, dice.one_in(3));
    model.views.push(View {
        name,
        table,
        columns,
        materialized,
        filter: 0,
        comment: None,
    });
}

fn rename_table(model: &mut Model, dice: &mut Dice) {
    let (_, name) = fresh(model, "table");
    if let Some(table) = dice.pick_mut(&mut model.tables) {
        table.name = name;
    }
}

fn rename_column(model: &mut Model, dice: &mut Dice) {
    let (_, name) = fresh(model, "column");
    if let Some(column) = any_column(model, dice) {
        column.name = name;
    }
}

fn rename_enum(model: &mut Model, dice: &mut Dice) {
    let (_, name) = fresh(model, "enum");
    if let Some(one) = dice.pick_mut(&mut model.enums) {
        one.name = name;
    }
}

fn rename_index(model: &mut Model, dice: &mut Dice) {
    let (_, name) = fresh(model, "index");
    if let Some(index) = any_index(model, dice) {
        index.name = name;
    }
}

/// Only to types that nothing on the column refuses.
fn retype_column(model: &mut Model, dice: &mut Dice) {
    let kind = random_type(model, dice);
    let Some(table) = dice.pick_mut(&mut model.tables) else {
        return;
    };
    let referring: Vec<u32> = table.keys.iter().map(|key| key.column).collect();
    let checked: Vec<u32> = table.checks.iter().map(|check| check.column).collect();
    let indexed: Vec<u32> = table
        .indexes
        .iter()
        .flat_map(|index| index.columns.clone())
        .collect();
    let Some(column) = dice.pick_mut(&mut table.columns) else {
        return;
    };
    let bound = referring.contains(&column.id)
        || (indexed.contains(&column.id) && kind == ColumnType::Json)
        || (checked.contains(&column.id) && !matches!(kind, ColumnType::Text | ColumnType::Int));
    // A cast has to exist: everything goes to text and between numbers.
    let number = |kind| {
        matches!(
            kind,
            ColumnType::Int | ColumnType::BigInt | ColumnType::Numeric
        )
    };
    let text = matches!(kind, ColumnType::Text | ColumnType::Varchar(_));
    if !bound && (text || (number(column.kind) && number(kind))) {
        column.kind = kind;
    }
}

fn toggle_null(model: &mut Model, dice: &mut Dice) {
    if let Some(column) = any_column(model, dice) {
        column.not_null = !column.not_null;
    }
}

fn toggle_default(model: &mut Model, dice: &mut Dice) {
    if let Some(column) = any_column(model, dice) {
        column.has_default = !column.has_default;
    }
}

fn change_comment(model: &mut Model, dice: &mut Dice) {
    let text = dice
        .pick(&[None, Some("one".to_owned()), Some("two''s".to_owned())])
        .cloned();
    let text = text.flatten();
    match dice.below(3) {
        0 => {
            if let Some(table) = dice.pick_mut(&mut model.tables) {
                table.comment = text;
            }
        }
        1 => {
            if let Some(view) = dice.pick_mut(&mut model.views) {
                view.comment = text;
            }
        }
        _ => {
            if let Some(column) = any_column(model, dice) {
                column.comment = text;
            }
        }
    }
}

fn change_options(model: &mut Model, dice: &mut Dice) {
    let fillfactor = dice.pick(&[None, Some(70), Some(90)]).copied().flatten();
    let referred: Vec<u32> = model
        .tables
        .iter()
        .flat_map(|table| table.keys.iter().map(|key| key.target))
        .collect();
    if let Some(table) = dice.pick_mut(&mut model.tables) {
        table.fillfactor = fillfactor;
        // A logged table must not refer to an unlogged one, nor the other way round at the change.
        let free = table.keys.is_empty() && !referred.contains(&table.id);
        table.unlogged = free && dice.one_in(3);
    }
}

fn change_policy(model: &mut Model, dice: &mut Dice) {
    let limit = dice.pick(&[None, Some(10), Some(20)]).copied().flatten();
    if let Some(table) = dice.pick_mut(&mut model.tables) {
        table.policy = limit;
    }
}

fn change_trigger(model: &mut Model, dice: &mut Dice) {
    if let Some(table) = dice.pick_mut(&mut model.tables) {
        if dice.one_in(2) {
            table.trigger = !table.trigger;
        } else {
            let sortable = table
                .columns
                .first()
                .is_some_and(|one| one.kind != ColumnType::Json);
            table.statistics = sortable && !table.statistics;
        }
    }
}

fn change_enum(model: &mut Model, dice: &mut Dice) {
    let number = model.number();
    let Some(one) = dice.pick_mut(&mut model.enums) else {
        return;
    };
    match dice.below(3) {
        0 if one.values.len() > 1 => {
            one.values.pop();
        }
        1 => one.values.reverse(),
        _ => {
            let place = dice.below(one.values.len() + 1);
            one.values.insert(place, format!("w{number}"));
        }
    }
}

fn change_domain(model: &mut Model, dice: &mut Dice) {
    if let Some(one) = dice.pick_mut(&mut model.domains) {
        one.limit += 1;
        one.not_null = dice.one_in(3);
    }
}

fn change_sequence(model: &mut Model, dice: &mut Dice) {
    if let Some(one) = dice.pick_mut(&mut model.sequences) {
        one.increment += 1;
    }
}

fn change_function(model: &mut Model, dice: &mut Dice) {
    if let Some(one) = dice.pick_mut(&mut model.functions) {
        one.version += 1;
    }
}

fn change_index(model: &mut Model, dice: &mut Dice) {
    if let Some(index) = any_index(model, dice) {
        index.partial = !index.partial;
    }
}

fn change_check(model: &mut Model, dice: &mut Dice) {
    let Some(table) = dice.pick_mut(&mut model.tables) else {
        return;
    };
    if let Some(check) = dice.pick_mut(&mut table.checks) {
        check.version += 1;
    }
}

fn change_key(model: &mut Model, dice: &mut Dice) {
    let Some(table) = dice.pick_mut(&mut model.tables) else {
        return;
    };
    if let Some(key) = dice.pick_mut(&mut table.keys) {
        key.cascade = !key.cascade;
    }
}

fn change_view(model: &mut Model, dice: &mut Dice) {
    let Some(view) = dice.pick_mut(&mut model.views) else {
        return;
    };
    if dice.one_in(2) {
        view.columns.pop();
    } else {
        view.filter += 1;
    }
}

fn drop_table(model: &mut Model, dice: &mut Dice) {
    let Some(id) = dice.pick(&model.tables).map(|table| table.id) else {
        return;
    };
    model.tables.retain(|table| table.id != id);
    model.views.retain(|view| view.table != id);
    for table in &mut model.tables {
        table.keys.retain(|key| key.target != id);
    }
}

fn drop_column(model: &mut Model, dice: &mut Dice) {
    take_column(model, dice);
}

/// A column goes and another of its name comes, renamed onto it.
fn reuse_column_name(model: &mut Model, dice: &mut Dice) {
    let Some((table, gone)) = take_column(model, dice) else {
        return;
    };
    let Some(table) = model.tables.iter_mut().find(|one| one.id == table) else {
        return;
    };
    if let Some(column) = dice.pick_mut(&mut table.columns) {
        column.name = gone.name;
    }
}

fn take_column(model: &mut Model, dice: &mut Dice) -> Option<(u32, Column)> {
    let table = dice.pick_mut(&mut model.tables)?;
    let gone = dice.pick(&table.columns)?.clone();
    table.columns.retain(|column| column.id != gone.id);
    table.checks.retain(|check| check.column != gone.id);
    table.keys.retain(|key| key.column != gone.id);
    table
        .indexes
        .retain(|index| !index.columns.contains(&gone.id));
    table.statistics = false;
    let id = table.id;
    for view in model.views.iter_mut().filter(|view| view.table == id) {
        view.columns.retain(|column| *column != gone.id);
    }
    Some((id, gone))
}

fn drop_index(model: &mut Model, dice: &mut Dice) {
    if let Some(table) = dice.pick_mut(&mut model.tables) {
        table.indexes.pop();
    }
}

fn drop_check(model: &mut Model, dice: &mut Dice) {
    if let Some(table) = dice.pick_mut(&mut model.tables) {
        table.checks.pop();
    }
}

fn drop_key(model: &mut Model, dice: &mut Dice) {
    if let Some(table) = dice.pick_mut(&mut model.tables) {
        table.keys.pop();
    }
}

fn drop_view(model: &mut Model, _: &mut Dice) {
    model.views.pop();
}

fn drop_function(model: &mut Model, _: &mut Dice) {
    if let Some(gone) = model.functions.pop() {
        for table in &mut model.tables {
            table
                .indexes
                .retain(|index| index.function != Some(gone.id));
        }
    }
}

fn drop_sequence(model: &mut Model, _: &mut Dice) {
    model.sequences.pop();
}

fn any_column<'a>(model: &'a mut Model, dice: &mut Dice) -> Option<&'a mut Column> {
    let table = dice.pick_mut(&mut model.tables)?;
    dice.pick_mut(&mut table.columns)
}

fn any_index<'a>(model: &'a mut Model, dice: &mut Dice) -> Option<&'a mut Index> {
    let table = dice.pick_mut(&mut model.tables)?;
    dice.pick_mut(&mut table.indexes)
}
