"""Our own coded reports: the form that they are written in and its reader."""
