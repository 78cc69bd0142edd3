//! What is read of queries: lineage, relations, clauses.

mod shop;

use shop::check;

#[test]
fn lineage_follows_the_column_and_not_the_name() {
    check(include_str!(
        "cases/lineage_follows_the_column_and_not_the_name.txt"
    ));
}

#[test]
fn an_expression_is_derived_from_all_that_is_in_it() {
    check(include_str!(
        "cases/an_expression_is_derived_from_all_that_is_in_it.txt"
    ));
}

#[test]
fn count_shows_how_many_and_nothing_else() {
    check(include_str!(
        "cases/count_shows_how_many_and_nothing_else.txt"
    ));
}

#[test]
fn rows_are_values_too() {
    check(include_str!("cases/rows_are_values_too.txt"));
}

#[test]
fn columns_that_decide_stand_with_their_clause() {
    check(include_str!(
        "cases/columns_that_decide_stand_with_their_clause.txt"
    ));
}

#[test]
fn joins_merge_columns_as_the_server_does() {
    check(include_str!(
        "cases/joins_merge_columns_as_the_server_does.txt"
    ));
}

#[test]
fn set_operations_union_their_arms() {
    check(include_str!("cases/set_operations_union_their_arms.txt"));
}

#[test]
fn with_queries_are_seen_in_postgresqls_order() {
    check(include_str!(
        "cases/with_queries_are_seen_in_postgresqls_order.txt"
    ));
}

#[test]
fn functions_in_from_hand_on_their_arguments() {
    check(include_str!(
        "cases/functions_in_from_hand_on_their_arguments.txt"
    ));
}

#[test]
fn views_are_traced_to_their_tables() {
    check(include_str!("cases/views_are_traced_to_their_tables.txt"));
}

#[test]
fn what_is_not_known_is_said() {
    check(include_str!("cases/what_is_not_known_is_said.txt"));
}

#[test]
fn functions_are_told_apart() {
    check(include_str!("cases/functions_are_told_apart.txt"));
}
