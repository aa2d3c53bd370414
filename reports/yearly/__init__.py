"""年度办理情况报告: figures, tables and charts filled in, text that the county office edits, kept when it is finished."""
