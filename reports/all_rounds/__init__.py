"""All rounds of a team beside each other, a chart a pillar and the ladder as a table: on pages and in the plan."""
