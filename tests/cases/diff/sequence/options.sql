-- Options change in place.

-- from
CREATE SEQUENCE ticket START 1;

-- to
CREATE SEQUENCE ticket AS integer START 1 INCREMENT 2 MAXVALUE 5000 CACHE 10;

-- hazards
may-fail: the position of `ticket` is beyond its new limits

-- expect
ALTER SEQUENCE ticket AS integer INCREMENT BY 2 MAXVALUE 5000 CACHE 10;
