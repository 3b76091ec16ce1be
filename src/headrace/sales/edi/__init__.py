"""Electronic data interchange: X12 867 and EDIFACT SLSRPT as rows, one for each line that was sold."""
