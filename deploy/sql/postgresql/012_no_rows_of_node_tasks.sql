-- A node task has no row of its own any more: it asks its workflow.
DELETE FROM orleansstorage WHERE graintypestring = 'node-task';
