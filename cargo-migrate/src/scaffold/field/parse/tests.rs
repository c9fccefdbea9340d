use super::*;

fn field(text: &str) -> Field {
    Field::parse(text).expect("a field")
}

fn refused(text: &str) -> String {
    Field::parse(text).expect_err("refused").to_string()
}

#[test]
fn a_name_alone_is_text() {
    assert_eq!(field("email").type_sql(), "text");
    assert_eq!(field("\"Full Name\"").name.to_string(), "\"Full Name\"");
}

#[test]
fn types_hold_parentheses_commas_brackets_and_spaces() {
    for kind in [
        "numeric(10,2)",
        "text[]",
        "int[3][3]",
        "timestamp with time zone",
        "timestamp(3) with time zone",
        "sales.\"Money\"",
        "geography(Point,4326)",
        "inet",
    ] {
        assert_eq!(field(&format!("x:{kind}:not-null")).type_sql(), kind);
    }
}

#[test]
fn attributes_follow_in_any_order() {
    let one = field("email:varchar(255):not-null:unique:index");
    let two = field("email:index:unique:varchar(255):not-null");
    assert_eq!(one, two);
    assert!(one.not_null && one.unique && one.index && !one.primary_key);
    assert!(field("id:uuid:primary-key:default=gen_random_uuid()").primary_key);
}

#[test]
fn a_default_is_sql_to_the_end() {
    let sql = |text| field(text).default.expect("a default");
    assert_eq!(sql("x:jsonb:not-null:default='{}'::jsonb"), "'{}'::jsonb");
    assert_eq!(sql("x:default='a:not-null'"), "'a:not-null'");
    assert_eq!(
        sql("x:default=now() + interval '1:30'"),
        "now() + interval '1:30'"
    );
    assert_eq!(
        sql("x:int[]:default=(ARRAY[1,2])[1:2]"),
        "(ARRAY[1,2])[1:2]"
    );
}

#[test]
fn a_backfill_may_follow_a_default() {
    let both = field("x:text:not-null:default='a'::text:backfill='b'::text");
    assert_eq!(both.default.as_deref(), Some("'a'::text"));
    assert_eq!(both.backfill.as_deref(), Some("'b'::text"));
}

#[test]
fn an_attribute_behind_sql_is_named() {
    assert_eq!(
        refused("x:int:default=0:not-null"),
        "field `x:int:default=0:not-null`, character 17: `not-null` stands after `default=`, \
         whose SQL reaches to the end of the field: put it before"
    );
}

#[test]
fn an_enum_has_a_name_and_labels() {
    let kind = field("status:enum(app.user_status, pending,'in progress'):not-null").kind;
    let FieldType::Enum(kind) = kind else {
        panic!("not an enum: {kind:?}")
    };
    assert_eq!(kind.name.to_string(), "app.user_status");
    assert_eq!(kind.labels, ["pending", "in progress"]);
    assert!(refused("s:enum(user_status)").contains("needs the name of the type and its labels"));
    assert!(refused("s:enum(t,a,b,a)").ends_with("character 14: the label `a` stands twice"));
}

#[test]
fn a_reference_names_a_table_and_perhaps_a_column() {
    let reference = |text| field(text).references.expect("a reference");
    let whole = reference("author_id:int:references(users.id):on-delete=cascade");
    assert_eq!(whole.table.to_string(), "users");
    assert_eq!(whole.column.expect("a column").as_str(), "id");
    assert_eq!(whole.on_delete, Some(OnDelete::Cascade));
    assert_eq!(reference("a:references(users)").column, None);
    assert_eq!(
        reference("a:references(auth.users.id)").table.to_string(),
        "auth.users"
    );
    assert_eq!(field("a:references(users)").type_sql(), "bigint");
}

#[test]
fn a_slip_is_named_with_its_place_and_the_near_word() {
    assert_eq!(
        refused("email:varchar(255):not_null"),
        "field `email:varchar(255):not_null`, character 20: `not_null` is a second type, \
         after `varchar(255)`: did you mean `not-null`?"
    );
    assert_eq!(
        refused("email:uniqe"),
        "field `email:uniqe`, character 7: `uniqe` is neither a type nor an attribute: \
         did you mean `unique`?"
    );
    assert_eq!(
        refused("email:text:reference(users.id)"),
        "field `email:text:reference(users.id)`, character 12: `reference(users.id)` is a second \
         type, after `text`: did you mean `references`?"
    );
}

#[test]
fn what_can_not_be_is_refused() {
    assert!(refused("").ends_with("character 1: a name is missing"));
    assert!(refused("a::int").ends_with("there is nothing between two colons"));
    assert!(refused("a:numeric(10").ends_with("character 3: `(` is not closed"));
    assert!(refused("a:int:unique:unique").ends_with("`unique` stands twice"));
    assert!(refused("a:int:default=").ends_with("`default` needs a value"));
    assert!(refused("a:int:on-delete=cascade").ends_with("`on-delete` needs `references(…)`"));
    assert!(refused("a:int:references(b):on-delete=explode").contains("`explode` is no action"));
    assert!(
        refused("a:int:not-null:references(b):on-delete=set-null")
            .ends_with("can't work on a `not-null` column")
    );
    assert!(refused("a b:int").contains("in double quotes"));
}
