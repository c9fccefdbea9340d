-- An operator with its function, and a cast.

-- to
CREATE TYPE money2 AS (cents bigint);
CREATE FUNCTION money2_add(a money2, b money2) RETURNS money2 LANGUAGE sql IMMUTABLE AS $$ SELECT ROW(a.cents + b.cents)::money2 $$;
CREATE OPERATOR + (FUNCTION = money2_add, LEFTARG = money2, RIGHTARG = money2, COMMUTATOR = +);
CREATE FUNCTION to_money2(a bigint) RETURNS money2 LANGUAGE sql IMMUTABLE AS $$ SELECT ROW(a)::money2 $$;
CREATE CAST (bigint AS money2) WITH FUNCTION to_money2(bigint) AS ASSIGNMENT;

-- expect
CREATE TYPE money2 AS (
    cents bigint
);

CREATE FUNCTION money2_add(a money2, b money2)
 RETURNS money2
 LANGUAGE sql
 IMMUTABLE
AS $function$ SELECT ROW(a.cents + b.cents)::money2 $function$;

CREATE OPERATOR + (
    FUNCTION = money2_add,
    LEFTARG = money2,
    RIGHTARG = money2,
    COMMUTATOR = OPERATOR(+)
);

CREATE FUNCTION to_money2(a bigint)
 RETURNS money2
 LANGUAGE sql
 IMMUTABLE
AS $function$ SELECT ROW(a)::money2 $function$;

CREATE CAST (bigint AS money2) WITH FUNCTION to_money2(bigint) AS ASSIGNMENT;
