"""The TypeScript SDK: types and operations from the contract, and the runtime as it is."""
