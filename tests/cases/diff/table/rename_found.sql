-- One table gone, one come, alike in every column: the same table.

-- from
CREATE TABLE invoice_line (id int PRIMARY KEY, amount numeric NOT NULL, note text);
CREATE TABLE other (id int PRIMARY KEY);

-- to
CREATE TABLE invoice_item (id int PRIMARY KEY, amount numeric NOT NULL, note text);
CREATE TABLE other (id int PRIMARY KEY);

-- rows
INSERT INTO invoice_line VALUES (1, 2.5, 'x');

-- keeps
invoice_line=invoice_item

-- hazards
rename-assumed: `invoice_line` is taken to become `invoice_item`

-- expect
ALTER TABLE invoice_line RENAME TO invoice_item;

ALTER TABLE invoice_item RENAME CONSTRAINT invoice_line_pkey TO invoice_item_pkey;
