-- Years of finished rotations stand beside the few open ones, which every scan and every claim asks for by their state.
CREATE INDEX rotations_state ON rotations (tenant_id, state, verified_at);
