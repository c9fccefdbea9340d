-- A procedure comes, one changes, one goes.

-- from
CREATE PROCEDURE p1() LANGUAGE sql AS $$ SELECT 1 $$;
CREATE PROCEDURE p2() LANGUAGE sql AS $$ SELECT 1 $$;

-- to
CREATE PROCEDURE p2() LANGUAGE sql AS $$ SELECT 2 $$;
CREATE PROCEDURE p3(INOUT a int) LANGUAGE plpgsql AS $$ BEGIN a := 1; END $$;
COMMENT ON PROCEDURE p2() IS 'two';

-- expect
CREATE OR REPLACE PROCEDURE p2()
 LANGUAGE sql
AS $procedure$ SELECT 2 $procedure$;

CREATE PROCEDURE p3(INOUT a integer)
 LANGUAGE plpgsql
AS $procedure$ BEGIN a := 1; END $procedure$;

COMMENT ON PROCEDURE p2() IS 'two';

DROP PROCEDURE p1();
