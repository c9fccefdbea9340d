-- Every attribute of a function.

-- to
CREATE FUNCTION f(a int, VARIADIC b int[] DEFAULT '{}') RETURNS TABLE (x int, y text) LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER LEAKPROOF PARALLEL SAFE COST 50 ROWS 10 SET search_path TO public AS $fn$ BEGIN RETURN QUERY SELECT a, '$$'::text; END $fn$;
COMMENT ON FUNCTION f(int, int[]) IS 'a function';
REVOKE ALL ON FUNCTION f(int, int[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION f(int, int[]) TO reader;

-- expect
CREATE FUNCTION f(a integer, VARIADIC b integer[] DEFAULT '{}'::integer[])
 RETURNS TABLE(x integer, y text)
 LANGUAGE plpgsql
 STABLE PARALLEL SAFE STRICT SECURITY DEFINER LEAKPROOF COST 50 ROWS 10
 SET search_path TO 'public'
AS $function$ BEGIN RETURN QUERY SELECT a, '$$'::text; END $function$;

COMMENT ON FUNCTION f(integer, integer[]) IS 'a function';

REVOKE EXECUTE ON FUNCTION f(integer, integer[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION f(integer, integer[]) TO reader;
