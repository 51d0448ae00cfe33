"""Child processes for work that may hang or eat the memory: started when needed, limited, killed, replaced.

The jobs are functions of a module that is named when the child starts; this room knows none of them.
"""
