-- Reason: a delivery that was fetched for a notification closes it, whichever of the two is taken first.

ALTER TABLE inbox ADD COLUMN caused_by text COLLATE "C"; -- key of the notification; NULL for those of earlier versions

CREATE INDEX inbox_answers ON inbox (caused_by, arrival) WHERE caused_by IS NOT NULL;

CREATE TRIGGER inbox_keeps_its_cause BEFORE UPDATE OF caused_by ON inbox
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('only the verdict of a delivery changes');
