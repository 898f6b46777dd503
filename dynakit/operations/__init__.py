"""Operations: write statements, and the flows that carry reads and writes out without doing any I/O."""
