"""履职工作总览: what the county's two work reports count, beside each other for a year and the one before."""
