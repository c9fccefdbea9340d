DELETE FROM notes WHERE body = 'hello';
