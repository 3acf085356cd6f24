"""From granted decisions to money: purses by month, the year's budget, and what nobody funds."""
