-- An unlogged table is made as one.

-- to
CREATE UNLOGGED TABLE cache (k text PRIMARY KEY, v text, n serial);

-- expect
CREATE UNLOGGED SEQUENCE cache_n_seq AS integer;

CREATE UNLOGGED TABLE cache (
    k text PRIMARY KEY,
    v text,
    n integer NOT NULL DEFAULT nextval('cache_n_seq'::regclass)
);

ALTER SEQUENCE cache_n_seq OWNED BY cache.n;
