-- An application that is deleted is known by the address of its page alone, which names the object.
CREATE INDEX rotations_of_object ON rotations (tenant_id, object_id, planned_at DESC, id);
