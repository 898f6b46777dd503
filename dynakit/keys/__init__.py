"""Keys that cannot lie: distinct values never share a key, and keys sort as their values do.

``encoding`` writes text and numbers so that byte order is value order; ``segment`` is one placeholder
of a template; ``template`` parses, binds, renders and reads keys back; ``bounds`` turns equalities and
one range into a sort-key condition; ``overlap`` tells which templates can meet in one partition.
"""
