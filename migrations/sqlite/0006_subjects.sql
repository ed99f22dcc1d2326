-- Reason: which things the deliveries of each channel told or pointed at, so that what one of them missed can be named.
-- No index: the question is asked rarely and reads everything, and each delivery would pay for it.

ALTER TABLE inbox ADD COLUMN subject TEXT;        -- kind/id; NULL where it is not known, and for those of earlier versions

CREATE TRIGGER inbox_keeps_its_subject BEFORE UPDATE OF subject ON inbox
BEGIN
    SELECT RAISE(ABORT, 'only the verdict of a delivery changes');
END;
